import type { Program } from '../core/program.ts';
import type { LocalCodeSource, LocalLayerSource } from './code/code-source.ts';
import type { Runtime } from './runtimes.ts';

/** A deployment package that was read, bundled and packed. */
export interface LoadedCode {
  /** SHA-256 of the package, in base64 as AWS shows it. */
  readonly codeSha256: string;
  /** Bytes of the package. */
  readonly codeSize: number;
  readonly zip: Uint8Array;
  /** The same package, entered at another handler. */
  program(handler: string): Program;
  readonly layers: readonly LoadedLayer[];
  /** Files on disk that the package was made of, for those who watch them. */
  readonly inputFiles: readonly string[];
}

/** Reads code; rejects with a `CodeError`. The store gets it as an argument and never touches a disk itself. */
export type CodeLoader = (
  code: LocalCodeSource,
  target: {
    readonly handler: string;
    readonly runtime: Runtime;
    readonly layers: readonly LoadedLayer[];
  },
) => Promise<LoadedCode>;

/** What a layer holds. Paths are absolute and begin with `/opt`. */
export interface LoadedLayer {
  /** Of a published version. */
  readonly arn: string | undefined;
  /** SHA-256 of the package, in base64. */
  readonly codeSha256: string;
  /** Bytes of the package. */
  readonly codeSize: number;
  readonly zip: Uint8Array;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly links: ReadonlyMap<string, string>;
  /** Files on disk that it was made of. */
  readonly inputFiles: readonly string[];
}

/** Reads a layer; rejects with a `CodeError`. */
export type LayerLoader = (content: LocalLayerSource) => Promise<LoadedLayer>;
