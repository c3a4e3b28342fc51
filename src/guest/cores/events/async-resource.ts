import { ERR_INVALID_THIS } from '../../node/internal/errors.ts';
import { part } from '../../parts.ts';
import { EventEmitter } from './emitter.ts';

interface Resource {
  readonly eventEmitter?: unknown;
  runInAsyncScope(
    callback: (...args: never[]) => unknown,
    thisArg: unknown,
    ...args: unknown[]
  ): unknown;
  asyncId(): number;
  triggerAsyncId(): number;
  emitDestroy(): unknown;
}

interface Options {
  readonly name?: string;
  readonly captureRejections?: boolean;
}

/** Made when it is first touched: it needs the part of async_hooks. */
export function asyncResourceEmitter(): unknown {
  const { AsyncResource } = (
    part('node/async_hooks') as {
      builtin: { AsyncResource: new (type: string, options?: object) => Resource };
    }
  ).builtin;

  class EventEmitterReferencingAsyncResource extends AsyncResource {
    readonly #eventEmitter: unknown;
    constructor(emitter: unknown, type: string, options?: object) {
      super(type, options);
      this.#eventEmitter = emitter;
    }
    override get eventEmitter(): unknown {
      return this.#eventEmitter;
    }
  }

  return class EventEmitterAsyncResource extends EventEmitter {
    readonly #resource: Resource;

    constructor(options?: Options | string) {
      const given = typeof options === 'string' ? { name: options } : options;
      super(given);
      const type = given?.name ?? new.target.name;
      this.#resource = new EventEmitterReferencingAsyncResource(this, type, given);
    }

    static #of(value: EventEmitterAsyncResource): Resource {
      if (!(#resource in value)) throw new ERR_INVALID_THIS('EventEmitterAsyncResource');
      return value.#resource;
    }

    override emit(type: string | symbol, ...args: unknown[]): boolean {
      const { emit } = EventEmitter.prototype;
      return EventEmitterAsyncResource.#of(this).runInAsyncScope(
        emit,
        this,
        type,
        ...args,
      ) as boolean;
    }

    emitDestroy(): void {
      EventEmitterAsyncResource.#of(this).emitDestroy();
    }

    get asyncId(): number {
      return EventEmitterAsyncResource.#of(this).asyncId();
    }

    get triggerAsyncId(): number {
      return EventEmitterAsyncResource.#of(this).triggerAsyncId();
    }

    get asyncResource(): unknown {
      return EventEmitterAsyncResource.#of(this);
    }
  };
}
