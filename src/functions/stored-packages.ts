import { createHash } from 'node:crypto';
import type { StateStore } from '../storage/state-store.ts';
import type { CodeLoader, LayerLoader, LoadedCode, LoadedLayer } from './code-loader.ts';
import type { DeployedCode, LayerInfo, LoadedProgram } from './deployed-code.ts';
import type { FunctionSettings } from './function-config.ts';
import { functionKey, type CodeIdentity } from './function-state.ts';
import { SharedReads } from './shared-reads.ts';
import { StateError } from './state-document.ts';

/**
 * Packages that a storage keeps, for what was restored after a restart. Nothing is read before it is needed,
 * and versions that were deployed together share what is read, as they did before.
 */
export class StoredPackages {
  readonly #state: StateStore;
  readonly #loadCode: CodeLoader;
  readonly #loadLayer: LayerLoader;
  readonly #packages = new SharedReads<LoadedCode>();
  readonly #programs = new SharedReads<LoadedProgram>();
  readonly #layers = new SharedReads<LoadedLayer>();

  constructor(state: StateStore, loadCode: CodeLoader, loadLayer: LayerLoader) {
    this.#state = state;
    this.#loadCode = loadCode;
    this.#loadLayer = loadLayer;
  }

  /** The code of a version with those settings. */
  code(identity: CodeIdentity, settings: FunctionSettings): DeployedCode {
    const { handler, runtime } = settings;
    const packageKey = [runtime, identity.codeSha256, ...identity.layers.map(layerText)].join('\n');
    return new StoredCode(identity, {
      load: () =>
        this.#programs.get(`${handler}\n${packageKey}`, async () => {
          const code = await this.#packages.get(packageKey, () => this.#read(identity, settings));
          return Object.freeze({ code, program: code.program(handler) });
        }),
      package: () => this.#checkedBytes(identity, functionKey(settings.name)),
    });
  }

  /** The content of a layer. `neededBy`: key of the document that names it. */
  layer(info: LayerInfo, neededBy: string): Promise<LoadedLayer> {
    return this.#layers.get(layerText(info), async () => {
      const zip = await this.#bytes(info, neededBy);
      const layer = await this.#unpack(info, neededBy, () => this.#loadLayer({ zip }));
      checkSame(layer, info, neededBy);
      return Object.freeze({ ...layer, arn: info.arn });
    });
  }

  async #read(identity: CodeIdentity, settings: FunctionSettings): Promise<LoadedCode> {
    const neededBy = functionKey(settings.name);
    const [zip, ...layers] = await Promise.all([
      this.#bytes(identity, neededBy),
      ...identity.layers.map((info) => this.layer(info, neededBy)),
    ]);
    const code = await this.#unpack(identity, neededBy, () =>
      this.#loadCode({ zip }, { ...settings, layers }),
    );
    checkSame(code, identity, neededBy);
    return code;
  }

  /** It was read when it was deployed, so what fails now is the fault of the storage. */
  async #unpack<Loaded>(
    { codeSha256 }: PackageIdentity,
    neededBy: string,
    load: () => Promise<Loaded>,
  ): Promise<Loaded> {
    try {
      return await load();
    } catch (cause) {
      throw new StateError(neededBy, `its package ${codeSha256} is damaged`, { cause });
    }
  }

  async #checkedBytes(info: PackageIdentity, neededBy: string): Promise<Uint8Array> {
    const bytes = await this.#bytes(info, neededBy);
    const codeSha256 = createHash('sha256').update(bytes).digest('base64');
    checkSame({ codeSha256, codeSize: bytes.byteLength }, info, neededBy);
    return bytes;
  }

  async #bytes({ codeSha256 }: PackageIdentity, neededBy: string): Promise<Uint8Array> {
    const bytes = await this.#state.readBlob(codeSha256);
    if (bytes !== undefined) return bytes;
    throw new StateError(neededBy, `its package ${codeSha256} is not there`);
  }
}

/** Code in the storage until somebody loads it. */
class StoredCode implements DeployedCode {
  readonly codeSha256: string;
  readonly codeSize: number;
  readonly layers: readonly LayerInfo[];
  readonly #read: Pick<DeployedCode, 'load' | 'package'>;
  #loaded: LoadedProgram | undefined;

  constructor(
    { codeSha256, codeSize, layers }: CodeIdentity,
    read: Pick<DeployedCode, 'load' | 'package'>,
  ) {
    this.codeSha256 = codeSha256;
    this.codeSize = codeSize;
    this.layers = layers;
    this.#read = read;
  }

  get loaded(): LoadedProgram | undefined {
    return this.#loaded;
  }

  async load(): Promise<LoadedProgram> {
    this.#loaded ??= await this.#read.load();
    return this.#loaded;
  }

  async package(): Promise<Uint8Array> {
    return this.#loaded?.code.zip ?? this.#read.package();
  }
}

type PackageIdentity = Pick<LayerInfo, 'codeSha256' | 'codeSize'>;

function layerText({ arn = '', codeSha256 }: LayerInfo): string {
  return `${arn} ${codeSha256}`;
}

function checkSame(read: PackageIdentity, kept: PackageIdentity, neededBy: string): void {
  if (read.codeSha256 === kept.codeSha256 && read.codeSize === kept.codeSize) return;
  throw new StateError(
    neededBy,
    `its package has the SHA-256 ${read.codeSha256} and ${read.codeSize} bytes instead of ${kept.codeSha256} and ${kept.codeSize}`,
  );
}
