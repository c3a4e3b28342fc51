import { reportUncaught } from '../uncaught.ts';
import { nextTick } from '../ticks.ts';
import { ERR_INVALID_ARG_TYPE } from './internal/errors.ts';
import { validateFunction } from './internal/validators.ts';

type Name = string | symbol;
type Subscriber = (message: unknown, name: Name) => void;
type AnyFunction = (...args: unknown[]) => unknown;

interface Store {
  run(value: unknown, callback: () => unknown): unknown;
}
type Transform = (data: unknown) => unknown;

/** https://nodejs.org/docs/latest-v24.x/api/diagnostics_channel.html */
class Channel {
  readonly name: Name;
  #subscribers: Subscriber[] = [];
  readonly #stores = new Map<Store, Transform | undefined>();

  constructor(name: Name) {
    this.name = name;
  }

  get hasSubscribers(): boolean {
    return this.#subscribers.length > 0 || this.#stores.size > 0;
  }

  subscribe(subscription: unknown): void {
    validateFunction(subscription, 'subscription');
    this.#subscribers = [...this.#subscribers, subscription];
  }

  unsubscribe(subscription: unknown): boolean {
    const at = this.#subscribers.indexOf(subscription as Subscriber);
    if (at < 0) return false;
    this.#subscribers = this.#subscribers.toSpliced(at, 1);
    return true;
  }

  /** A subscriber that throws does not stop the others; its error is nobody's to catch. */
  publish(message: unknown): void {
    for (const subscriber of this.#subscribers) {
      try {
        subscriber(message, this.name);
      } catch (error) {
        nextTick(() => reportUncaught(error), []);
      }
    }
  }

  bindStore(store: Store, transform?: Transform): void {
    this.#stores.set(store, transform);
  }

  unbindStore(store: Store): boolean {
    return this.#stores.delete(store);
  }

  runStores(data: unknown, callback: AnyFunction, thisArg?: unknown, ...args: unknown[]): unknown {
    let run = (): unknown => {
      this.publish(data);
      return Reflect.apply(callback, thisArg, args);
    };
    for (const [store, transform] of this.#stores) {
      const inner = run;
      run = () => {
        let value = data;
        try {
          if (transform !== undefined) value = transform(data);
        } catch (error) {
          nextTick(() => reportUncaught(error), []);
          return inner();
        }
        return store.run(value, inner);
      };
    }
    return run();
  }
}

const channels = new Map<Name, Channel>();

function channel(name: unknown): Channel {
  if (typeof name !== 'string' && typeof name !== 'symbol') {
    throw new ERR_INVALID_ARG_TYPE('channel', ['string', 'symbol'], name);
  }
  const known = channels.get(name) ?? new Channel(name);
  channels.set(name, known);
  return known;
}

const traceEvents = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const;
type TraceEvent = (typeof traceEvents)[number];
type TraceChannels = Record<TraceEvent, Channel>;

interface Context {
  error?: unknown;
  result?: unknown;
}

class TracingChannel {
  readonly start!: Channel;
  readonly end!: Channel;
  readonly asyncStart!: Channel;
  readonly asyncEnd!: Channel;
  readonly error!: Channel;

  constructor(nameOrChannels: unknown) {
    for (const event of traceEvents) {
      Object.defineProperty(this, event, { value: traceChannel(nameOrChannels, event) });
    }
  }

  get hasSubscribers(): boolean {
    return traceEvents.some((event) => this[event].hasSubscribers);
  }

  subscribe(handlers: Partial<Record<TraceEvent, unknown>>): void {
    for (const event of traceEvents) {
      if (handlers[event]) this[event].subscribe(handlers[event]);
    }
  }

  unsubscribe(handlers: Partial<Record<TraceEvent, unknown>>): boolean {
    let isDone = true;
    for (const event of traceEvents) {
      if (handlers[event] && !this[event].unsubscribe(handlers[event])) isDone = false;
    }
    return isDone;
  }

  traceSync(
    callback: AnyFunction,
    context: Context = {},
    thisArg?: unknown,
    ...args: unknown[]
  ): unknown {
    if (!this.hasSubscribers) return Reflect.apply(callback, thisArg, args);
    return this.start.runStores(context, () => {
      try {
        const result = Reflect.apply(callback, thisArg, args);
        context.result = result;
        return result;
      } catch (error) {
        context.error = error;
        this.error.publish(context);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }

  tracePromise(
    callback: AnyFunction,
    context: Context = {},
    thisArg?: unknown,
    ...args: unknown[]
  ): unknown {
    if (!this.hasSubscribers) return Reflect.apply(callback, thisArg, args);
    const settle = (): void => {
      this.asyncStart.publish(context);
      this.asyncEnd.publish(context);
    };
    return this.start.runStores(context, () => {
      try {
        const given = Reflect.apply(callback, thisArg, args);
        const promise = given instanceof Promise ? given : Promise.resolve(given);
        return promise.then(
          (result: unknown) => {
            context.result = result;
            settle();
            return result;
          },
          (error: unknown) => {
            context.error = error;
            this.error.publish(context);
            settle();
            throw error;
          },
        );
      } catch (error) {
        context.error = error;
        this.error.publish(context);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }

  traceCallback(
    callback: AnyFunction,
    position: number = -1,
    context: Context = {},
    thisArg?: unknown,
    ...args: unknown[]
  ): unknown {
    if (!this.hasSubscribers) return Reflect.apply(callback, thisArg, args);
    const done = args.at(position);
    validateFunction(done, 'callback');
    const { asyncStart, asyncEnd, error: failed } = this;
    function traced(this: unknown, ...results: unknown[]): unknown {
      const [error, result] = results;
      if (error) {
        context.error = error;
        failed.publish(context);
      } else {
        context.result = result;
      }
      return asyncStart.runStores(context, () => {
        try {
          return Reflect.apply(done as AnyFunction, this, results);
        } finally {
          asyncEnd.publish(context);
        }
      });
    }
    const index = position < 0 ? args.length + position : position;
    const replaced = args.with(index, traced);
    return this.start.runStores(context, () => {
      try {
        return Reflect.apply(callback, thisArg, replaced);
      } catch (error) {
        context.error = error;
        failed.publish(context);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }
}

function traceChannel(nameOrChannels: unknown, event: TraceEvent): Channel {
  if (typeof nameOrChannels === 'string') return channel(`tracing:${nameOrChannels}:${event}`);
  if (typeof nameOrChannels === 'object' && nameOrChannels !== null) {
    const given = (nameOrChannels as Partial<TraceChannels>)[event];
    if (!(given instanceof Channel)) {
      throw new ERR_INVALID_ARG_TYPE(`nameOrChannels.${event}`, 'Channel', given);
    }
    return given;
  }
  throw new ERR_INVALID_ARG_TYPE(
    'nameOrChannels',
    ['string', 'object', 'TracingChannel'],
    nameOrChannels,
  );
}

export const builtin: object = {
  channel,
  hasSubscribers: (name: Name) => channels.get(name)?.hasSubscribers ?? false,
  subscribe: (name: unknown, subscription: unknown) => channel(name).subscribe(subscription),
  tracingChannel: (nameOrChannels: unknown) => new TracingChannel(nameOrChannels),
  unsubscribe: (name: unknown, subscription: unknown) => channel(name).unsubscribe(subscription),
  Channel,
};
