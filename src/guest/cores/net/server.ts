import { EventEmitter } from './streams.ts';
import { nextTick } from '../../ticks.ts';
import { errorWithCode } from '../../node/internal/errors.ts';
import { callable } from './callable.ts';

type Listener = (...args: never[]) => void;

/** A server that can be made and configured, as frameworks do, but not be reached: it never listens. */
class ServerClass extends EventEmitter {
  declare listening: boolean;
  declare maxConnections: number | undefined;

  constructor(...args: unknown[]) {
    super();
    initialize(this, args);
  }

  /** Ends in an error event: nothing outside could connect to a function. */
  listen(...args: unknown[]): this {
    const [first] = args;
    const options = (typeof first === 'object' && first !== null ? first : {}) as {
      port?: unknown;
      host?: unknown;
      path?: unknown;
    };
    const port = typeof first === 'object' ? options.port : first;
    const host = typeof first === 'object' ? options.host : args[1];
    const address = typeof host === 'string' ? host : '0.0.0.0';
    const where =
      options.path ?? `${address}:${typeof port === 'function' ? 0 : String(port ?? 0)}`;
    const error = Object.assign(
      new Error(`listen EACCES: permission denied ${String(where)} (a function cannot listen)`),
      { code: 'EACCES', errno: -13, syscall: 'listen', address, port: Number(port) || 0 },
    );
    nextTick(() => this.emit('error', error), []);
    return this;
  }

  close(done?: (error?: Error) => void): this {
    nextTick(() => done?.(errorWithCode('ERR_SERVER_NOT_RUNNING', 'Server is not running.')), []);
    return this;
  }

  address(): null {
    return null;
  }

  getConnections(done: (error: null, count: number) => void): this {
    nextTick(() => done(null, 0), []);
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

/** `(listener)`, `(options, listener)`. */
function initialize(self: ServerClass, args: readonly unknown[]): void {
  self.listening = false;
  const listener = args.find((arg) => typeof arg === 'function');
  if (listener !== undefined) self.on('connection', listener as Listener);
}

export type Server = ServerClass;
export const Server: typeof ServerClass = callable(ServerClass, (self, args) => {
  Reflect.apply(EventEmitter, self, []);
  initialize(self, args);
});
