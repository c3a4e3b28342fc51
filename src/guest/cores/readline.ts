import { AbortError, ERR_INVALID_ARG_VALUE, errorWithCode } from '../node/internal/errors.ts';
import {
  validateAbortSignal,
  validateFunction,
  validateString,
} from '../node/internal/validators.ts';
import { EventEmitter, firstArgumentOnly, on } from '../node/events.ts';
import { StringDecoder } from '../node/string_decoder.ts';

type Listener = (...args: never[]) => void;

interface Source {
  on(name: string, listener: Listener): unknown;
  removeListener(name: string, listener: Listener): unknown;
  pause?(): unknown;
  resume?(): unknown;
}

interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: string, listener: () => void, options?: object): void;
  removeEventListener(type: string, listener: () => void): void;
}

export interface InterfaceOptions {
  readonly input?: Source;
  readonly output?: { write(text: string): unknown };
  readonly prompt?: string;
  readonly crlfDelay?: number;
  readonly signal?: Signal;
}

function closedError(): Error {
  return errorWithCode('ERR_USE_AFTER_CLOSE', 'readline was closed');
}

/**
 * `readline.Interface` on a stream that is no terminal: it cuts what comes into lines. Editing, history and
 * keys belong to terminals, which a function does not have.
 */
export class Interface extends EventEmitter {
  readonly terminal = false;
  readonly input: Source;
  readonly output: { write(text: string): unknown } | undefined;
  line = '';
  cursor = 0;
  closed = false;
  readonly history: string[] = [];
  #prompt: string;
  #rest = '';
  #endedWithReturn = false;
  #isPaused = false;
  #answer: ((line: string) => void) | undefined;
  readonly #detach: () => void;

  constructor(given: InterfaceOptions | Source, output?: { write(text: string): unknown }) {
    super();
    const isOptions = 'input' in given && typeof (given as Partial<Source>).on !== 'function';
    const options = (isOptions ? given : { input: given, output }) as InterfaceOptions;
    const { input, prompt = '> ', signal } = options;
    if (input === undefined) throw new ERR_INVALID_ARG_VALUE('input', input);
    validateAbortSignal(signal, 'options.signal');
    this.input = input;
    this.output = options.output;
    this.#prompt = prompt;
    const decoder = new StringDecoder('utf8');
    const onData = (chunk: unknown): void => this.#take(decoder.write(chunk));
    const onEnd = (): void => {
      this.#take(decoder.end());
      if (this.#rest.length > 0) this.#emitLine(this.#rest);
      this.#rest = '';
      this.close();
    };
    const onError = (error: unknown): void => void this.emit('error', error);
    const close = (): void => this.close();
    input.on('error', onError);
    input.on('data', onData);
    input.on('end', onEnd);
    if (signal?.aborted === true) queueMicrotaskOf(close);
    signal?.addEventListener('abort', close, { once: true });
    this.#detach = () => {
      input.removeListener('error', onError);
      input.removeListener('data', onData);
      input.removeListener('end', onEnd);
      signal?.removeEventListener('abort', close);
    };
    input.resume?.();
  }

  #take(text: string): void {
    // A line that ended with the first half of `\r\n` in the chunk before.
    const fresh = this.#endedWithReturn && text.startsWith('\n') ? text.slice(1) : text;
    if (text.length > 0) this.#endedWithReturn = text.endsWith('\r');
    const lines = (this.#rest + fresh).split(/\r\n|\n|\r|\u2028|\u2029/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#emitLine(line);
  }

  #emitLine(line: string): void {
    const answer = this.#answer;
    this.#answer = undefined;
    if (answer === undefined) this.emit('line', line);
    else answer(line);
  }

  getPrompt(): string {
    return this.#prompt;
  }

  setPrompt(prompt: string): void {
    this.#prompt = prompt;
  }

  prompt(): void {
    if (this.closed) throw closedError();
    if (this.#isPaused) this.resume();
    this.output?.write(this.#prompt);
  }

  question(query: unknown, ...rest: unknown[]): unknown {
    const callback = rest.at(-1);
    if (this.closed) throw closedError();
    validateFunction(callback, 'cb');
    this.ask(query, rest.length > 1 ? (rest[0] as { signal?: Signal }) : {}, callback);
    return undefined;
  }

  /** Puts a question; the next line is the answer. */
  ask(query: unknown, options: { signal?: Signal }, callback: (line: never) => void): void {
    validateString(query, 'query');
    const { signal } = options;
    validateAbortSignal(signal, 'options.signal');
    if (signal?.aborted === true) return;
    this.output?.write(query);
    const onAbort = (): void => {
      this.#answer = undefined;
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#answer = (line) => {
      signal?.removeEventListener('abort', onAbort);
      callback(line as never);
    };
    if (this.#isPaused) this.resume();
  }

  pause(): this {
    if (this.closed) throw closedError();
    if (this.#isPaused) return this;
    this.input.pause?.();
    this.#isPaused = true;
    this.emit('pause');
    return this;
  }

  resume(): this {
    if (this.closed) throw closedError();
    if (!this.#isPaused) return this;
    this.input.resume?.();
    this.#isPaused = false;
    this.emit('resume');
    return this;
  }

  write(text: unknown): void {
    if (this.closed) throw closedError();
    if (this.#isPaused) this.resume();
    this.#take(String(text));
  }

  close(): void {
    if (this.closed) return;
    this.#detach();
    this.input.pause?.();
    this.closed = true;
    this.emit('close');
  }

  getCursorPos(): { rows: number; cols: number } {
    return { rows: 0, cols: this.#prompt.length };
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<string> {
    return on(this as never, 'line', {
      close: ['close'],
      highWaterMark: 1024,
      [firstArgumentOnly]: true,
    }) as AsyncIterableIterator<string>;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function queueMicrotaskOf(callback: () => void): void {
  void Promise.resolve().then(callback);
}

/** `readline/promises`: `question` gives a promise. */
export class PromiseInterface extends Interface {
  override async question(query: unknown, options: { signal?: Signal } = {}): Promise<unknown> {
    if (this.closed) throw closedError();
    const { signal } = options;
    if (signal?.aborted === true) throw new AbortError(undefined, { cause: signal.reason });
    return await new Promise((fulfil, reject) => {
      signal?.addEventListener(
        'abort',
        () => reject(new AbortError(undefined, { cause: signal.reason })),
        { once: true },
      );
      this.ask(query, options, fulfil);
    });
  }
}
Object.defineProperty(PromiseInterface, 'name', { value: 'Interface' });
