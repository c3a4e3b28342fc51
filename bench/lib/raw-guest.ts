import ivm from 'isolated-vm';

/**
 * The floor: what a careful author would write by hand on isolated-vm for one function. It does what the
 * boundary demands (JSON text in and out, a native timeout on every entry, a callback for asynchronous
 * results) and nothing of what makes a Lambda: no context, reports, logs, events, pools or errors.
 */
export type RawTier = 'inline' | 'thread';

export interface RawOptions {
  readonly tier: RawTier;
  /** Expression of the handler: `(event) => ...`; may call `hostOperation()`. */
  readonly handler: string;
  readonly isAsync: boolean;
  readonly memoryLimitMb: number;
  readonly timeoutMs: number;
}

type Entry = ivm.Reference<(...args: (string | number)[]) => string | undefined>;

const boot = `(function (done, startOperation) {
  const { parse, stringify } = JSON;
  const waiting = new Map();
  let lastId = 0;
  globalThis.hostOperation = () =>
    new Promise((resolve) => {
      lastId += 1;
      waiting.set(lastId, resolve);
      startOperation(lastId);
    });
  let handler;
  return {
    use: (source) => { handler = (0, eval)(source); },
    callSync: (event) => stringify(handler(parse(event))),
    callAsync: (event) => {
      handler(parse(event)).then((value) => done(stringify(value)));
    },
    deliver: (id) => {
      const resolve = waiting.get(id);
      waiting.delete(id);
      resolve();
    },
  };
})`;

/** A warm isolate with one function in it. */
export class RawGuest {
  readonly #options: RawOptions;
  readonly #isolate: ivm.Isolate;
  readonly #call: Entry;
  readonly #deliver: Entry;
  readonly #timeout: { readonly timeout: number };
  readonly #operations: number[] = [];
  #resultJson: string | undefined;
  #resolve: ((json: string) => void) | undefined;

  constructor(options: RawOptions) {
    this.#options = options;
    this.#timeout = { timeout: options.timeoutMs };
    this.#isolate = createRawIsolate(options.tier, options.memoryLimitMb);
    const context = this.#isolate.createContextSync();
    const callback = <Argument>(
      listener: (argument: Argument) => void,
    ): ivm.Callback<(argument: Argument) => void> =>
      options.tier === 'thread'
        ? new ivm.Callback(listener, { ignored: true })
        : new ivm.Callback(listener);
    const done = callback((json: string) => this.#onDone(json));
    const start = callback((id: number) => this.#operations.push(id));
    const script = this.#isolate.compileScriptSync(boot);
    const connect: ivm.Reference = script.runSync(context, { reference: true });
    const guest: ivm.Reference = connect.applySync(undefined, [done, start], {
      result: { reference: true },
    });
    const use: ivm.Reference = guest.getSync('use', { reference: true });
    use.applySync(undefined, [`(${options.handler})`]);
    const entry = options.isAsync ? 'callAsync' : 'callSync';
    this.#call = guest.getSync(entry, { reference: true }) as Entry;
    this.#deliver = guest.getSync('deliver', { reference: true }) as Entry;
  }

  /** A call as an author would make it, in the way that suits tier and handler. */
  get call(): (event: unknown) => unknown {
    const { tier, isAsync } = this.#options;
    if (tier === 'inline') return (event) => this.#callInline(event);
    return isAsync ? (event) => this.#callThreadAsync(event) : (event) => this.#callThread(event);
  }

  get isAsync(): boolean {
    return this.#options.tier === 'thread';
  }

  #callInline(event: unknown): unknown {
    const direct = this.#call.applySync(undefined, [JSON.stringify(event)], this.#timeout);
    if (direct !== undefined) return JSON.parse(direct);
    for (let id = this.#operations.shift(); id !== undefined; id = this.#operations.shift()) {
      this.#deliver.applySync(undefined, [id], this.#timeout);
    }
    const json = this.#resultJson;
    this.#resultJson = undefined;
    return JSON.parse(json ?? '');
  }

  async #callThread(event: unknown): Promise<unknown> {
    const json = await this.#call.apply(undefined, [JSON.stringify(event)], this.#timeout);
    return JSON.parse(json ?? '');
  }

  /** The result and the end of the entry come separately; the isolate is free when both are there. */
  async #callThreadAsync(event: unknown): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#resolve = resolve;
    await this.#call.apply(undefined, [JSON.stringify(event)], this.#timeout);
    for (let id = this.#operations.shift(); id !== undefined; id = this.#operations.shift()) {
      await this.#deliver.apply(undefined, [id], this.#timeout);
    }
    return JSON.parse(await promise);
  }

  #onDone(json: string): void {
    this.#resultJson = json;
    this.#resolve?.(json);
  }

  dispose(): void {
    this.#isolate.dispose();
  }
}

export function createRawIsolate(tier: RawTier, memoryLimitMb: number): ivm.Isolate {
  return new ivm.Isolate({
    memoryLimit: memoryLimitMb,
    ...(tier === 'thread' && { onCatastrophicError: () => {} }),
  });
}
