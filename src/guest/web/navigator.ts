import { defineInterface } from './internal/interfaces.ts';

const { process } = globalThis as unknown as {
  process: { readonly version: string; readonly arch: string };
};

/** https://html.spec.whatwg.org/#the-navigator-object, as far as Node has it. */
export class Navigator {
  /** What AWS gives a function of this size; the isolate itself has one thread. */
  readonly #hardwareConcurrency = 2;
  readonly #languages = Object.freeze(['en-US']);

  constructor() {
    if (isMade)
      throw Object.assign(new TypeError('Illegal constructor'), {
        code: 'ERR_ILLEGAL_CONSTRUCTOR',
      });
  }

  get hardwareConcurrency(): number {
    return this.#hardwareConcurrency;
  }
  get language(): string {
    return this.#languages[0] ?? '';
  }
  get languages(): readonly string[] {
    return this.#languages;
  }
  get userAgent(): string {
    void this.#languages;
    return `Node.js/${/\d+/.exec(process.version)?.[0] ?? ''}`;
  }
  get platform(): string {
    void this.#languages;
    return `Linux ${process.arch === 'x64' ? 'x86_64' : process.arch}`;
  }
}

let isMade = false;
defineInterface(Navigator, 'Navigator', [
  'hardwareConcurrency',
  'language',
  'languages',
  'userAgent',
  'platform',
]);
// Node's has no string tag.
delete (Navigator.prototype as { [Symbol.toStringTag]?: string })[Symbol.toStringTag];

export const navigator = new Navigator();
isMade = true;
