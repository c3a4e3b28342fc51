import { layerArn, parseLayerVersionArn, type Home } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import { checkInteger } from '../core/options.ts';
import { AwsRuleError } from './aws-rule-error.ts';
import type { CodeStorage } from './code-storage.ts';
import type { LayerLoader, LoadedLayer } from './code-loader.ts';
import { fetchObject, type FindBucket } from './code/object-source.ts';
import type { Journal } from './journal.ts';
import { isCompatible, resolveLayerFilter, type LayerFilter } from './layer-filter.ts';
import {
  resolvePublishLayerOptions,
  type LayerSource,
  type LayerVersion,
  type PublishLayerOptions,
} from './layer-options.ts';
import { lastLayerNumberDocument, layerDocument, layerKey } from './layer-state.ts';
import { anyCount } from './state-document.ts';

interface PublishedLayer {
  readonly version: LayerVersion;
  readonly content: () => Promise<LoadedLayer>;
}

export interface LayersContext {
  readonly home: Home;
  readonly loadLayer: LayerLoader;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly codeStorage: CodeStorage;
  readonly findBucket: FindBucket;
}

/** Published layers. https://docs.aws.amazon.com/lambda/latest/dg/creating-deleting-layers.html */
export class Layers {
  readonly #context: LayersContext;
  /** Versions of each layer by their number, oldest first. */
  readonly #published = new Map<string, Map<number, PublishedLayer>>();
  /** By name; a number never comes back. */
  readonly #lastNumbers = new Map<string, number>();

  constructor(context: LayersContext) {
    this.#context = context;
  }

  /** Reads the content and makes the next version of the layer of that name. */
  async publish(options: PublishLayerOptions): Promise<LayerVersion> {
    const { journal, codeStorage, loadLayer, findBucket } = this.#context;
    const { name, code, ...facts } = resolvePublishLayerOptions(options);
    const content = await loadLayer(await fetchObject(code, findBucket));
    const reservation = codeStorage.reservation();
    const published = journal.commit(`layer ${name}`, () => {
      reservation.add(content.codeSize);
      const number = (this.#lastNumbers.get(name) ?? 0) + 1;
      const version = this.#version(name, number, facts, content);
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
    return published.finally(() => reservation.release());
  }

  /**
   * Takes a version away; functions that have it keep it. Its number never comes back. False when there was none,
   * which AWS answers the same way.
   */
  async delete(name: string, number: number): Promise<boolean> {
    return this.#context.journal.commit(`layer ${name}`, () => {
      const last = this.#lastNumbers.get(name);
      if (last === undefined || this.#published.get(name)?.has(number) !== true) {
        return { apply: () => false };
      }
      return {
        stored: () => ({
          put: [lastLayerNumberDocument(name, last)],
          delete: [layerKey(name, number)],
        }),
        apply: () => {
          const versions = this.#published.get(name);
          versions?.delete(number);
          if (versions?.size === 0) this.#published.delete(name);
          return true;
        },
      };
    });
  }

  /** Puts a published version in its place. `content` is asked when a function needs the layer. */
  add(version: LayerVersion, content: () => Promise<LoadedLayer>): void {
    const { name, version: number } = version;
    const versions = this.#published.get(name) ?? new Map<number, PublishedLayer>();
    versions.set(number, { version, content });
    this.#published.set(name, versions);
    this.restoreLastNumber(name, number);
  }

  /** After a restart, numbers go on where they stopped. */
  restoreLastNumber(name: string, last: number): void {
    this.#lastNumbers.set(name, Math.max(last, this.#lastNumbers.get(name) ?? 0));
  }

  /** By the ARN of the version. Undefined when it was not published, or is deleted. */
  get(arn: string): LayerVersion | undefined {
    return this.#byArn(arn)?.version;
  }

  find(name: string, number: number): LayerVersion | undefined {
    if (number < 1) {
      const rule = 'the number of a version, from 1 on';
      throw new AwsRuleError('version', rule, number, 'Layer Version Cannot be less than 1');
    }
    checkInteger('version', number, anyCount);
    return this.#published.get(name)?.get(number)?.version;
  }

  /** Of each layer the newest version that the filter takes; in the order of the names. */
  list(filter?: LayerFilter): readonly LayerVersion[] {
    return [...this.#published.keys()]
      .sort((a, b) => (a < b ? -1 : 1))
      .flatMap((name) => this.versions(name, filter).slice(0, 1));
  }

  /** Newest first; none when there is no such layer. */
  versions(name: string, filter?: LayerFilter): readonly LayerVersion[] {
    const resolved = resolveLayerFilter(filter);
    const all = [...(this.#published.get(name)?.values() ?? [])].map(({ version }) => version);
    return all.filter((version) => isCompatible(version, resolved)).toReversed();
  }

  /** The zip of a version. Undefined when there is none. */
  async packageOf(arn: string): Promise<Uint8Array | undefined> {
    const content = await this.#byArn(arn)?.content();
    return content?.zip;
  }

  /** What all versions take of the account's code storage. */
  get totalBytes(): number {
    let bytes = 0;
    for (const versions of this.#published.values()) {
      for (const { version } of versions.values()) bytes += version.codeSize;
    }
    return bytes;
  }

  /** The contents behind the option `layers`, in its order. */
  async load(sources: readonly LayerSource[]): Promise<readonly LoadedLayer[]> {
    return Promise.all(sources.map((source) => this.#load(source)));
  }

  #byArn(arn: string): PublishedLayer | undefined {
    const { name = '', version = 0 } = parseLayerVersionArn(arn) ?? {};
    const found = this.#published.get(name)?.get(version);
    return found?.version.arn === arn ? found : undefined;
  }

  #version(
    name: string,
    number: number,
    facts: LayerFacts,
    { codeSha256, codeSize }: LoadedLayer,
  ): LayerVersion {
    const arn = layerArn(this.#context.home, name);
    return Object.freeze({
      arn: `${arn}:${number}`,
      layerArn: arn,
      name,
      version: number,
      ...facts,
      codeSha256,
      codeSize,
      createdDate: new Date(this.#context.clock.now()).toISOString(),
    });
  }

  async #load(source: LayerSource): Promise<LoadedLayer> {
    const { loadLayer, findBucket, home } = this.#context;
    if (typeof source === 'object' && !('arn' in source)) {
      return loadLayer(await fetchObject(source, findBucket));
    }
    const arn = typeof source === 'string' ? source : source.arn;
    const published = this.#byArn(arn);
    if (published !== undefined) return published.content();
    const { region, accountId } = parseLayerVersionArn(arn) ?? home;
    const isElsewhere = accountId === home.accountId && region !== home.region;
    throw new AwsRuleError(
      'layers',
      isElsewhere ? `layer versions of ${home.region}` : 'layer versions that were published',
      arn,
      isElsewhere
        ? `Layers are not in the same region as the function. Layers are expected to be in region ${home.region}.`
        : `Layer version ${arn} does not exist.`,
    );
  }
}

type LayerFacts = Pick<
  LayerVersion,
  'description' | 'licenseInfo' | 'compatibleRuntimes' | 'compatibleArchitectures'
>;
