import type { Program } from '../core/program.ts';
import type { LoadedCode } from './code-loader.ts';

/** One layer of a version; `arn` is undefined when it was not published. */
export interface LayerInfo {
  readonly arn: string | undefined;
  /** SHA-256 of the package, in base64. */
  readonly codeSha256: string;
  /** Bytes of the package. */
  readonly codeSize: number;
}

/** A deployment package, and the program that its handler makes of it. */
export interface LoadedProgram {
  readonly code: LoadedCode;
  readonly program: Program;
}

/**
 * The code of one version. At hand from the moment it was deployed; after a restart it stays in the storage
 * until somebody needs it.
 */
export interface DeployedCode {
  /** SHA-256 of the package, in base64. */
  readonly codeSha256: string;
  /** Bytes of the package. */
  readonly codeSize: number;
  readonly layers: readonly LayerInfo[];
  /** Undefined while it is only in the storage. */
  readonly loaded: LoadedProgram | undefined;
  /** Reads it, if it was not read yet. Rejects when the storage does not have it as it was deployed. */
  load(): Promise<LoadedProgram>;
  /** The zip, as it was uploaded or made. Rejects as `load`, and unpacks nothing. */
  package(): Promise<Uint8Array>;
}

/** Code that was read just now. */
export function deployedCode(code: LoadedCode, handler: string): DeployedCode {
  const loaded = Object.freeze({ code, program: code.program(handler) });
  const { codeSha256, codeSize, layers } = code;
  return Object.freeze({
    codeSha256,
    codeSize,
    layers: layers.map(layerInfo),
    loaded,
    load: async () => loaded,
    package: async () => code.zip,
  });
}

export function layerInfo({ arn, codeSha256, codeSize }: LayerInfo): LayerInfo {
  return Object.freeze({ arn, codeSha256, codeSize });
}
