import type { CodeLoader, LoadedCode, LoadedLayer } from './code-loader.ts';
import { fetchObject, type FindBucket } from './code/object-source.ts';
import { deployedCode, type DeployedCode } from './deployed-code.ts';
import type { FunctionConfig } from './function-config.ts';
import type { FunctionChanges } from './function-options.ts';
import type { FunctionVersionRecord } from './function-record.ts';
import type { Layers } from './layers.ts';

/** Reads the code of functions that are created or changed, with their layers. */
export class Deployer {
  readonly #loadCode: CodeLoader;
  readonly #layers: Layers;
  readonly #findBucket: FindBucket;

  constructor(loadCode: CodeLoader, layers: Layers, findBucket: FindBucket) {
    this.#loadCode = loadCode;
    this.#layers = layers;
    this.#findBucket = findBucket;
  }

  async deploy(config: FunctionConfig): Promise<DeployedCode> {
    const layers = config.layers.length === 0 ? [] : await this.#layers.load(config.layers);
    return this.#load(config, layers);
  }

  /** Reads the source again only when a new one is given: a change of memory must not deploy new code. */
  async redeploy(
    { code, config: before }: FunctionVersionRecord,
    config: FunctionConfig,
    changes: FunctionChanges,
  ): Promise<DeployedCode> {
    const isRepacked = config.runtime !== before.runtime || changes.layers !== undefined;
    if (changes.code !== undefined)
      return this.#load(config, await this.#layersOf(code, config, changes));
    if (isRepacked) return this.#repack(code, config, changes);
    if (config.handler === before.handler) return code;
    const { code: loaded } = code.loaded ?? (await code.load());
    return deployedCode(loaded, config.handler);
  }

  async #load(config: FunctionConfig, layers: readonly LoadedLayer[]): Promise<DeployedCode> {
    const source = await fetchObject(config.code, this.#findBucket);
    const code = await this.#loadCode(source, { ...config, layers });
    return deployedCode(code, config.handler);
  }

  async #repack(
    code: DeployedCode,
    config: FunctionConfig,
    changes: FunctionChanges,
  ): Promise<DeployedCode> {
    const layers = await this.#layersOf(code, config, changes);
    const { code: before } = await code.load();
    const repacked = await this.#loadCode({ zip: before.zip }, { ...config, layers });
    const withInputs: LoadedCode = { ...repacked, inputFiles: before.inputFiles };
    return deployedCode(withInputs, config.handler);
  }

  async #layersOf(
    code: DeployedCode,
    config: FunctionConfig,
    changes: FunctionChanges,
  ): Promise<readonly LoadedLayer[]> {
    if (changes.layers !== undefined) return this.#layers.load(config.layers);
    // Without layers the package itself is not needed: a new one may replace one that is damaged.
    return code.layers.length === 0 ? [] : (await code.load()).code.layers;
  }
}
