import { layerArn, type Home } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import { AwsRuleError } from './aws-rule-error.ts';
import type { LayerLoader, LoadedLayer } from './code-loader.ts';
import {
  resolvePublishLayerOptions,
  type LayerSource,
  type LayerVersion,
  type PublishLayerOptions,
} from './layer-options.ts';

interface PublishedLayer {
  readonly version: LayerVersion;
  readonly content: LoadedLayer;
}

/** Published layers. https://docs.aws.amazon.com/lambda/latest/dg/creating-deleting-layers.html */
export class Layers {
  readonly #home: Home;
  readonly #loadLayer: LayerLoader;
  readonly #clock: Clock;
  readonly #published = new Map<string, PublishedLayer>();
  /** By name; a number never comes back. */
  readonly #lastNumbers = new Map<string, number>();

  constructor(home: Home, loadLayer: LayerLoader, clock: Clock) {
    this.#home = home;
    this.#loadLayer = loadLayer;
    this.#clock = clock;
  }

  /** Reads the content and makes the next version of the layer of that name. */
  async publish(options: PublishLayerOptions): Promise<LayerVersion> {
    const { name, code, description } = resolvePublishLayerOptions(options);
    const content = await this.#loadLayer(code);
    const number = (this.#lastNumbers.get(name) ?? 0) + 1;
    this.#lastNumbers.set(name, number);
    const arn = layerArn(this.#home, name);
    const version: LayerVersion = Object.freeze({
      arn: `${arn}:${number}`,
      layerArn: arn,
      name,
      version: number,
      description,
      codeSha256: content.codeSha256,
      codeSize: content.codeSize,
      createdDate: new Date(this.#clock.now()).toISOString(),
    });
    this.#published.set(version.arn, { version, content: { ...content, arn: version.arn } });
    return version;
  }

  /** Undefined when no such version was published. */
  get(arn: string): LayerVersion | undefined {
    return this.#published.get(arn)?.version;
  }

  /** The contents behind the option `layers`, in its order. */
  async load(sources: readonly LayerSource[]): Promise<readonly LoadedLayer[]> {
    return Promise.all(sources.map((source) => this.#load(source)));
  }

  async #load(source: LayerSource): Promise<LoadedLayer> {
    if (typeof source === 'object' && !('arn' in source)) return this.#loadLayer(source);
    const arn = typeof source === 'string' ? source : source.arn;
    const published = this.#published.get(arn);
    if (published !== undefined) return published.content;
    throw new AwsRuleError(
      'layers',
      'layer versions that were published',
      arn,
      `Layer version ${arn} does not exist.`,
    );
  }
}
