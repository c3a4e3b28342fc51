import type ivm from 'isolated-vm';
import { setRealTimer, type RealTimer } from '../core/clock.ts';
import { engine } from './engine.ts';

/** Who gets what V8's inspector sends. */
export interface ChannelListener {
  onResponse(id: number, json: string): void;
  onNotification(json: string): void;
}

/** A paused isolate that does not answer for this long may have missed its wake-up. */
const firstNudgeMs = 10;
const longestNudgeMs = 500;

/** The id of messages whose answer nobody waits for. */
const nudgeId = 0;
const nudge = `{"id":${nudgeId},"method":"Runtime.getIsolateId"}`;

/** Turns everything off that a debugger may have turned on; breakpoints go, a pause ends. */
const resets = ['Debugger', 'Runtime', 'Profiler', 'HeapProfiler', 'Console'];

/**
 * The one native inspector session of an isolate, from its creation to its end. Debuggers come and go on
 * it, because opening and closing native sessions while the isolate runs is not safe; the ids of messages
 * are ours (native-notes/inspector.md).
 */
export class InspectorChannel {
  readonly #isolate: ivm.Isolate;
  readonly #session: ivm.InspectorSession;
  readonly #answers = new Map<number, (json: string) => void>();
  #listener: ChannelListener | undefined;
  #lastId = nudgeId;
  #nudger: RealTimer | undefined;
  #isShut = false;
  #isDisposed = false;

  /** Only while nothing runs in the isolate. */
  constructor(isolate: ivm.Isolate, context: ivm.Context) {
    this.#isolate = isolate;
    this.#session = openSession(isolate, context);
    // isolated-vm calls outside of Node's callbacks: on Node 26, promises settled here would wait for
    // whatever happens next in the process.
    this.#session.onResponse = (id, json) => setImmediate(() => this.#onResponse(id, json));
    this.#session.onNotification = (json) =>
      setImmediate(() => this.#listener?.onNotification(json));
  }

  listen(listener: ChannelListener | undefined): void {
    this.#listener = listener;
  }

  /** Calls back when the listener has heard all that has arrived so far. */
  afterArrived(callback: () => void): void {
    setImmediate(callback);
  }

  /** Sends a command and gives V8's answer as JSON. Never settles when the isolate is lost. */
  request(method: string, params: object = {}): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const id = this.#newId();
    this.#answers.set(id, resolve);
    this.#send({ id, method, params });
    this.#nudgeLater(firstNudgeMs);
    return promise;
  }

  /** Sends a message of the debugger's under an id of ours, which it gives back. */
  forward(message: object): number {
    const id = this.#newId();
    if (!this.#isShut) this.#send({ ...message, id });
    return id;
  }

  /**
   * From now on nothing of a debugger's goes through: V8 14 (Node 26) ends the process when a step is
   * asked for after the termination of what is paused.
   */
  shut(): void {
    this.#isShut = true;
  }

  /** Sends a command whose answer may never come, or does not matter. */
  tell(method: string): void {
    this.#send({ id: nudgeId, method });
  }

  /** Once more, because V8's wake-up of a paused isolate can get lost. */
  nudge(): void {
    if (!this.#isGone) this.#session.dispatchProtocolMessage(nudge);
  }

  async reset(): Promise<void> {
    await Promise.all(resets.map((domain) => this.request(`${domain}.disable`)));
  }

  /** After `reset`, and then the isolate must get a turn before it may be disposed. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#nudger?.cancel();
    // After an out-of-memory of its own the native session is dead, and touching it ends the process.
    if (!this.#isGone) this.#session.dispose();
    this.#isDisposed = true;
  }

  get #isGone(): boolean {
    return this.#isDisposed || this.#isolate.isDisposed;
  }

  #newId(): number {
    this.#lastId = this.#lastId >= 2 ** 30 ? nudgeId + 1 : this.#lastId + 1;
    return this.#lastId;
  }

  #send(message: object): void {
    if (!this.#isGone) this.#session.dispatchProtocolMessage(JSON.stringify(message));
  }

  #onResponse(id: number, json: string): void {
    if (id === nudgeId) return;
    const answer = this.#answers.get(id);
    if (answer === undefined) {
      this.#listener?.onResponse(id, json);
      return;
    }
    this.#answers.delete(id);
    answer(json);
  }

  #nudgeLater(delayMs: number): void {
    if (this.#nudger !== undefined) return;
    this.#nudger = setRealTimer(() => {
      this.#nudger = undefined;
      if (this.#answers.size === 0 || this.#isGone) return;
      this.nudge();
      this.#nudgeLater(Math.min(delayMs * 2, longestNudgeMs));
    }, delayMs);
    this.#nudger.unref();
  }
}

/**
 * V8 wants the thread that opens a session to be inside of the isolate; from outside, Node 26 ends the
 * process. A callback of the guest's on the host's own thread is inside.
 */
function openSession(isolate: ivm.Isolate, context: ivm.Context): ivm.InspectorSession {
  let session: ivm.InspectorSession | undefined;
  const open = new engine.Callback(() => {
    session = isolate.createInspectorSession();
  });
  context.evalClosureSync('$0()', [open]);
  if (session === undefined) throw new Error('The inspector session could not be opened');
  return session;
}
