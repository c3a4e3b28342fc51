import { layerArn, type Home } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import { AwsRuleError } from './aws-rule-error.ts';
import type { LayerLoader, LoadedLayer } from './code-loader.ts';
import type { Journal } from './journal.ts';
import {
  resolvePublishLayerOptions,
  type LayerSource,
  type LayerVersion,
  type PublishLayerOptions,
} from './layer-options.ts';
import { layerDocument } from './layer-state.ts';

interface PublishedLayer {
  readonly version: LayerVersion;
  readonly content: () => Promise<LoadedLayer>;
}

/** Published layers. https://docs.aws.amazon.com/lambda/latest/dg/creating-deleting-layers.html */
export class Layers {
  readonly #home: Home;
  readonly #loadLayer: LayerLoader;
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #published = new Map<string, PublishedLayer>();
  /** By name; a number never comes back. */
  readonly #lastNumbers = new Map<string, number>();

  constructor(home: Home, loadLayer: LayerLoader, journal: Journal, clock: Clock) {
    this.#home = home;
    this.#loadLayer = loadLayer;
    this.#journal = journal;
    this.#clock = clock;
  }

  /** Reads the content and makes the next version of the layer of that name. */
  async publish(options: PublishLayerOptions): Promise<LayerVersion> {
    const { name, code, description } = resolvePublishLayerOptions(options);
    const content = await this.#loadLayer(code);
    return this.#journal.commit(`layer ${name}`, () => {
      const number = (this.#lastNumbers.get(name) ?? 0) + 1;
      const version = this.#version(name, number, description, content);
      return {
        stored: () => ({
          put: [layerDocument(version)],
          blobs: new Map([[content.codeSha256, content.zip]]),
        }),
        apply: () => {
          const withArn = Object.freeze({ ...content, arn: version.arn });
          this.add(version, async () => withArn);
          return version;
        },
      };
    });
  }

  /** Puts a published version in its place. `content` is asked when a function needs the layer. */
  add(version: LayerVersion, content: () => Promise<LoadedLayer>): void {
    const { name, arn } = version;
    this.#published.set(arn, { version, content });
    this.#lastNumbers.set(name, Math.max(version.version, this.#lastNumbers.get(name) ?? 0));
  }

  /** Undefined when no such version was published. */
  get(arn: string): LayerVersion | undefined {
    return this.#published.get(arn)?.version;
  }

  /** The contents behind the option `layers`, in its order. */
  async load(sources: readonly LayerSource[]): Promise<readonly LoadedLayer[]> {
    return Promise.all(sources.map((source) => this.#load(source)));
  }

  #version(
    name: string,
    number: number,
    description: string,
    { codeSha256, codeSize }: LoadedLayer,
  ): LayerVersion {
    const arn = layerArn(this.#home, name);
    return Object.freeze({
      arn: `${arn}:${number}`,
      layerArn: arn,
      name,
      version: number,
      description,
      codeSha256,
      codeSize,
      createdDate: new Date(this.#clock.now()).toISOString(),
    });
  }

  async #load(source: LayerSource): Promise<LoadedLayer> {
    if (typeof source === 'object' && !('arn' in source)) return this.#loadLayer(source);
    const arn = typeof source === 'string' ? source : source.arn;
    const published = this.#published.get(arn);
    if (published !== undefined) return published.content();
    throw new AwsRuleError(
      'layers',
      'layer versions that were published',
      arn,
      `Layer version ${arn} does not exist.`,
    );
  }
}
