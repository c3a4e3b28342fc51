import { setImmediate } from '../timers.ts';
import { NativeTypeError } from '../primordials.ts';
import { domException } from './dom-exception.ts';
import { EventTarget, defineHandler, listenersChanged } from './event-target.ts';
import { Event, eventState } from './event.ts';
import { dataCloneError } from './internal/clone-kinds.ts';
import { isIterable, domString } from './internal/conversions.ts';
import { requireArguments } from './internal/errors.ts';
import { defineInterface, setConstructorLength, setLengths } from './internal/interfaces.ts';
import { definePlatformKind } from './internal/platform-kinds.ts';
import { MessageEvent } from './message-event.ts';
import { cloneWithTransfer } from './structured-clone.ts';

/** Only code of this file can make a port. */
const key = Symbol('MessagePort');

interface Message {
  readonly data: unknown;
  readonly ports: object[];
}

type NodeListener = (...args: unknown[]) => unknown;

/**
 * One end of a channel inside this environment. Messages arrive in turns of their own. As in Node, a
 * listener for messages starts the port; unlike there, an idle port does not keep the event loop busy.
 */
export class MessagePort extends EventTarget {
  #other: MessagePort | undefined;
  #queue: Message[] = [];
  #isStarted = false;
  #isClosed = false;
  /** Node's own way to listen: with the data, not the event. */
  #wrapped = new Map<NodeListener, (event: Event) => void>();

  constructor(proof: unknown = null) {
    if (proof !== key) {
      throw Object.assign(new NativeTypeError('Constructor cannot be called'), {
        code: 'ERR_CONSTRUCT_CALL_INVALID',
      });
    }
    super();
  }

  postMessage(message: unknown, options?: unknown): void {
    requireArguments(arguments.length, 'message');
    const list = transferOf(options);
    if (list.includes(this)) throw dataCloneError('Transfer list contains source port');
    const { copy, transferred } = cloneWithTransfer(message, list);
    const ports = transferred.filter((item) => item instanceof MessagePort);
    if (this.#other !== undefined) this.#other.#receive({ data: copy, ports });
  }

  start(): void {
    if (this.#isStarted || this.#isClosed) return;
    this.#isStarted = true;
    for (const _ of this.#queue) this.#deliverLater();
  }

  close(callback?: unknown): void {
    if (typeof callback === 'function') this.once('close', callback as NodeListener);
    const other = this.#other;
    this.#disconnect();
    if (other !== undefined) other.#disconnect();
  }

  #disconnect(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#other = undefined;
    setImmediate(() => this.dispatchEvent(new Event('close')));
  }

  #receive(message: Message): void {
    this.#queue.push(message);
    if (this.#isStarted) this.#deliverLater();
  }

  #deliverLater(): void {
    setImmediate(() => {
      const message = this.#queue.shift();
      if (message === undefined) return;
      const event = new MessageEvent('message', message);
      this.dispatchEvent(eventState.trust(event));
    });
  }

  ref(): void {}
  unref(): void {}
  hasRef(): boolean {
    return this.#isStarted && !this.#isClosed;
  }

  [listenersChanged](type: string, count: number): void {
    if (type === 'message' && count > 0) this.start();
  }

  on(name: string, listener: NodeListener): this {
    this.addEventListener(name, this.#wrap(name, listener));
    return this;
  }
  once(name: string, listener: NodeListener): this {
    this.addEventListener(name, this.#wrap(name, listener), { once: true });
    return this;
  }
  off(name: string, listener: NodeListener): this {
    this.removeEventListener(name, this.#wrapped.get(listener) ?? listener);
    return this;
  }
  addListener(name: string, listener: NodeListener): this {
    return this.on(name, listener);
  }
  removeListener(name: string, listener: NodeListener): this {
    return this.off(name, listener);
  }

  #wrap(name: string, listener: NodeListener): (event: Event) => void {
    const wrapped = (event: Event): void => {
      const args = name === 'message' ? [(event as MessageEvent).data] : [];
      Reflect.apply(listener, this, args);
    };
    this.#wrapped.set(listener, wrapped);
    return wrapped;
  }

  /** Taken away from the class below. */
  static internals = {
    isPort: (value: object): boolean => #queue in value,
    create: (): MessagePort => new MessagePort(key),
    entangle: (first: MessagePort, second: MessagePort): void => {
      first.#other = second;
      second.#other = first;
    },
    isDetached: (port: MessagePort): boolean => port.#isClosed,
    /** All that a port is, moves to another. */
    move: (from: MessagePort, to: MessagePort): void => {
      to.#queue = from.#queue;
      to.#other = from.#other;
      if (to.#other !== undefined) to.#other.#other = to;
      from.#queue = [];
      from.#other = undefined;
      from.#isClosed = true;
    },
    take: (port: MessagePort): Message | undefined => port.#queue.shift(),
  };
}

const { internals } = MessagePort;
delete (MessagePort as { internals?: unknown }).internals;

/** For `worker_threads.receiveMessageOnPort`: the oldest message that has not been delivered. */
export function receiveMessage(port: MessagePort): { message: unknown } | undefined {
  const message = internals.take(port);
  return message === undefined ? undefined : { message: message.data };
}

function transferOf(options: unknown): object[] {
  if (options === undefined || options === null) return [];
  const list = isIterable(options) ? options : (options as { transfer?: unknown }).transfer;
  if (list === undefined) return [];
  if (isIterable(list)) return [...list] as object[];
  throw Object.assign(
    new NativeTypeError('Optional options.transfer argument must be an iterable'),
    { code: 'ERR_INVALID_ARG_TYPE' },
  );
}

/** https://html.spec.whatwg.org/#message-channels */
export class MessageChannel {
  declare readonly port1: MessagePort;
  declare readonly port2: MessagePort;

  constructor() {
    const [port1, port2] = [internals.create(), internals.create()];
    internals.entangle(port1, port2);
    for (const [name, value] of Object.entries({ port1, port2 })) {
      Object.defineProperty(this, name, {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
  }
}

/** Channels by name; they live and die with the environment. */
const channels = new Map<string, Set<BroadcastChannel>>();

/** https://html.spec.whatwg.org/#broadcasting-to-other-browsing-contexts, within this environment */
export class BroadcastChannel extends EventTarget {
  readonly #name: string;
  #isClosed = false;

  constructor(name: unknown) {
    requireArguments(arguments.length, 'name');
    super();
    this.#name = domString(name);
    const others = channels.get(this.#name);
    if (others === undefined) channels.set(this.#name, new Set([this]));
    else others.add(this);
  }

  get name(): string {
    return this.#name;
  }

  close(): void {
    this.#isClosed = true;
    const others = channels.get(this.#name);
    others?.delete(this);
    if (others?.size === 0) channels.delete(this.#name);
  }

  postMessage(message: unknown): void {
    requireArguments(arguments.length, 'message');
    if (this.#isClosed) throw domException('BroadcastChannel is closed.', 'InvalidStateError');
    for (const other of channels.get(this.#name) ?? []) {
      if (other !== this) other.#receive(cloneWithTransfer(message, []).copy);
    }
  }

  #receive(data: unknown): void {
    setImmediate(() => {
      if (this.#isClosed) return;
      const event = new MessageEvent('message', { data });
      this.dispatchEvent(eventState.trust(event));
    });
  }

  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

definePlatformKind({
  isOf: internals.isPort,
  transfer: (value) => {
    const port = value as MessagePort;
    if (internals.isDetached(port)) {
      throw dataCloneError('MessagePort in transfer list is already detached');
    }
    const copy = internals.create();
    return { copy, finish: () => internals.move(port, copy) };
  },
});
defineInterface(MessagePort, 'MessagePort', [
  'postMessage',
  'start',
  'close',
  'ref',
  'unref',
  'hasRef',
]);
setConstructorLength(MessagePort, 0);
setLengths(MessagePort.prototype, { postMessage: 0, close: 1 });
defineHandler(MessagePort.prototype, 'message');
defineHandler(MessagePort.prototype, 'messageerror');
setConstructorLength(MessageChannel, 0);
defineInterface(BroadcastChannel, 'BroadcastChannel', ['name', 'close', 'postMessage']);
defineHandler(BroadcastChannel.prototype, 'message');
defineHandler(BroadcastChannel.prototype, 'messageerror');
