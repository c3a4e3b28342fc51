import { WebSocket } from 'ws';

export interface Target {
  readonly id: string;
  readonly title: string;
  readonly type: string;
  readonly url: string;
  readonly webSocketDebuggerUrl: string;
}

export interface CallFrame {
  readonly callFrameId: string;
  readonly functionName: string;
  readonly location: { readonly scriptId: string; readonly lineNumber: number };
}

/** What the tests look at in parameters and results; each message has some of it. */
export interface Params {
  readonly [name: string]: unknown;
  readonly callFrames?: readonly CallFrame[] | undefined;
  readonly data?: { readonly url?: string } | undefined;
  readonly result?: { readonly value?: unknown } | undefined;
  readonly scriptId?: string | undefined;
  readonly sourceMapURL?: string | undefined;
  readonly url?: string | undefined;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Params;
  readonly result?: Params;
  readonly error?: { readonly message: string };
}

/** What a debugger finds behind a port. */
export async function listTargets(port: number): Promise<Target[]> {
  const response = await fetch(`http://127.0.0.1:${port}/json/list`);
  return (await response.json()) as Target[];
}

/** A debugger as small as it gets: requests by promise, notifications in the order of their arrival. */
export class CdpClient implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (message: Message) => void>();
  readonly #unseen: Message[] = [];
  readonly #waiting: { method: string; resolve: (params: Params) => void }[] = [];
  readonly closed: Promise<number>;
  #lastId = 0;
  #unref: () => void = () => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<number>();
    this.closed = promise;
    socket.on('close', resolve);
    socket.on('upgrade', (response) => (this.#unref = () => void response.socket.unref()));
    socket.on('message', (data: Buffer) => this.#onMessage(JSON.parse(data.toString()) as Message));
  }

  static async attach(url: string, headers: Record<string, string> = {}): Promise<CdpClient> {
    const socket = new WebSocket(url, { headers });
    const client = new CdpClient(socket);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once('open', resolve);
    socket.once('error', reject);
    await promise;
    return client;
  }

  /** Gives the result, or throws the error that came instead. */
  async send(method: string, params: Params = {}): Promise<Params> {
    this.#lastId += 1;
    const { promise, resolve } = Promise.withResolvers<Message>();
    this.#answers.set(this.#lastId, resolve);
    this.#socket.send(JSON.stringify({ id: this.#lastId, method, params }));
    const { result, error } = await promise;
    if (error !== undefined) throw new Error(error.message);
    return result ?? {};
  }

  /** Sends without waiting for the answer. */
  tell(method: string, params: Params = {}): void {
    this.#lastId += 1;
    this.#socket.send(JSON.stringify({ id: this.#lastId, method, params }));
  }

  /** The next notification of that name, also one that has come already. */
  async next(method: string): Promise<Params> {
    const index = this.#unseen.findIndex((message) => message.method === method);
    if (index >= 0) return this.#unseen.splice(index, 1)[0]?.params ?? {};
    const { promise, resolve } = Promise.withResolvers<Params>();
    this.#waiting.push({ method, resolve });
    return promise;
  }

  /** Waits until the target stands still and gives the frame where it does. */
  async paused(): Promise<CallFrame> {
    const [frame] = (await this.next('Debugger.paused')).callFrames ?? [];
    if (frame === undefined) throw new Error('Paused nowhere');
    return frame;
  }

  /** The next script that fits. */
  async script(fits: (script: Params) => boolean): Promise<Params> {
    for (;;) {
      const script = await this.next('Debugger.scriptParsed');
      if (fits(script)) return script;
    }
  }

  /** From now on it keeps its process alive no more than a debugger elsewhere would. */
  unref(): void {
    this.#unref();
  }

  /** Ends without a word, as a debugger does whose process dies. */
  vanish(): void {
    this.#socket.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.closed;
  }

  #onMessage(message: Message): void {
    if (message.id !== undefined) {
      this.#answers.get(message.id)?.(message);
      this.#answers.delete(message.id);
      return;
    }
    const index = this.#waiting.findIndex(({ method }) => method === message.method);
    if (index < 0) this.#unseen.push(message);
    else this.#waiting.splice(index, 1)[0]?.resolve(message.params ?? {});
  }
}
