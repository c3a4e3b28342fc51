import { LambdaError } from '../core/errors.ts';

/** Packages and layers of an account have reached what AWS lets it keep. */
export class CodeStorageExceededError extends LambdaError<'ERR_CODE_STORAGE'> {
  override readonly name: string = 'CodeStorageExceededError';
  readonly awsCode: string = 'CodeStorageExceededException';
  readonly awsStatus: number = 400;
  readonly awsMessage: string = 'Code storage limit exceeded.';
  readonly limitBytes: number;
  /** What there would be. */
  readonly bytes: number;

  constructor(limitBytes: number, bytes: number) {
    super(
      'ERR_CODE_STORAGE',
      `Code storage limit exceeded. Packages of functions and layers may have ${limitBytes} bytes together, and there would be ${bytes}: delete versions that nobody uses`,
    );
    this.limitBytes = limitBytes;
    this.bytes = bytes;
  }
}

/** AWS counts each version of a function and each version of a layer, also where they have the same package. */
export interface CodeUsage {
  /** Bytes of all packages, as they were uploaded. */
  readonly totalBytes: number;
  readonly functionCount: number;
}

/** Room for packages. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export class CodeStorage {
  readonly #limitBytes: number;
  readonly #usedBytes: () => number;
  /** Of changes on their way. */
  #reservedBytes = 0;

  constructor(limitBytes: number, usedBytes: () => number) {
    this.#limitBytes = limitBytes;
    this.#usedBytes = usedBytes;
  }

  /** For one change; what it holds counts until it is released, so that changes at one time cannot pass the limit. */
  reservation(): Reservation {
    let held = 0;
    return {
      add: (bytes) => {
        // What a change sets free is free when it is made.
        if (bytes <= 0) return;
        const total = this.#usedBytes() + this.#reservedBytes + bytes;
        if (total > this.#limitBytes) throw new CodeStorageExceededError(this.#limitBytes, total);
        held += bytes;
        this.#reservedBytes += bytes;
      },
      release: () => {
        this.#reservedBytes -= held;
        held = 0;
      },
    };
  }
}

export interface Reservation {
  /** Less than nothing counts as nothing. @throws {CodeStorageExceededError} when there is no room */
  add(bytes: number): void;
  /** When the change is made, or is not. */
  release(): void;
}
