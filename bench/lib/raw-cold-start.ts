import type ivm from 'isolated-vm';
import { createRawIsolate, type RawTier } from './raw-guest.ts';

type Call = ivm.Reference<(json: string) => string>;

/** Module top level has ten seconds. */
const initTimeoutMs = 10_000;

interface Blank {
  readonly isolate: ivm.Isolate;
  readonly context: ivm.Context;
}

export interface RawColdOptions {
  readonly tier: RawTier;
  /** CommonJS with an `exports.handler`. */
  readonly source: string;
  readonly memoryLimitMb: number;
  readonly timeoutMs: number;
}

/**
 * The floor of a cold start: compile with V8's code cache, evaluate, first call; on an isolate and context
 * that were made ahead (`prepare`), or made on the spot.
 */
export class RawColdStart {
  readonly #options: RawColdOptions;
  readonly #code: string;
  readonly #cachedData: ivm.ExternalCopy<ArrayBuffer>;
  #blank: Blank | undefined;
  readonly #used: ivm.Isolate[] = [];

  constructor(options: RawColdOptions) {
    this.#options = options;
    // Parenthesised, so that the cache holds every function.
    this.#code = `((function(exports){${options.source}
return (json) => JSON.stringify(exports.handler(JSON.parse(json)))})({}))`;
    const { isolate } = this.#create();
    const script = isolate.compileScriptSync(this.#code, { produceCachedData: true });
    const { cachedData } = script as { cachedData?: ivm.ExternalCopy<ArrayBuffer> };
    if (cachedData === undefined) throw new Error('V8 made no code cache');
    this.#cachedData = cachedData;
    isolate.dispose();
  }

  prepare(): void {
    this.#blank = this.#create();
  }

  /** From nothing, or from what `prepare` made, to the first result. */
  async run(event: unknown): Promise<unknown> {
    const { isolate, context } = this.#blank ?? this.#create();
    this.#blank = undefined;
    this.#used.push(isolate);
    const { tier, timeoutMs: timeout } = this.#options;
    const script = isolate.compileScriptSync(this.#code, { cachedData: this.#cachedData });
    const json = JSON.stringify(event);
    const init = { reference: true, timeout: initTimeoutMs } as const;
    if (tier === 'inline') {
      const call: Call = script.runSync(context, init);
      return JSON.parse(call.applySync(undefined, [json], { timeout }));
    }
    const call: Call = await script.run(context, init);
    return JSON.parse(await call.apply(undefined, [json], { timeout }));
  }

  /** Ends what was started; until then it is warm. */
  clear(): void {
    for (const isolate of this.#used.splice(0)) isolate.dispose();
  }

  #create(): Blank {
    const { tier, memoryLimitMb } = this.#options;
    const isolate = createRawIsolate(tier, memoryLimitMb);
    return { isolate, context: isolate.createContextSync() };
  }
}
