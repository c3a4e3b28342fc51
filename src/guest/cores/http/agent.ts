import { EventEmitter } from '../net/streams.ts';
import { builtin as net } from '../../node/net.ts';
import { ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } from '../../node/internal/errors.ts';
import { callable } from '../net/callable.ts';

export interface AgentOptions {
  keepAlive?: boolean;
  keepAliveMsecs?: number;
  maxSockets?: number;
  maxTotalSockets?: number;
  maxFreeSockets?: number;
  scheduling?: string;
  timeout?: number;
  noDelay?: boolean;
  path?: null;
  [option: string]: unknown;
}

export interface ConnectionOptions {
  host?: string;
  port?: number | string;
  family?: number;
  localAddress?: string;
  socketPath?: string;
  path?: string | null | undefined;
  servername?: string;
  [option: string]: unknown;
}

type OnCreated = (error: Error | null, socket?: unknown) => void;

/** A request as its agent knows it. */
export interface AgentRequest {
  readonly destroyed: boolean;
  /** It may begin, with a connection of the host's pool. */
  start(options: ConnectionOptions): void;
  /** It may begin, over this connection. */
  onSocket(socket: unknown, error?: Error | null): void;
  once(name: 'close', listener: () => void): unknown;
}

/**
 * https://nodejs.org/api/http.html#class-httpagent. Connections are pooled on the host, one pool for the
 * whole environment; here an agent counts how many requests it lets run at one time. An agent that makes
 * connections itself (a proxy, for example) is asked for one for each request.
 */
class AgentClass extends EventEmitter {
  declare options: AgentOptions;
  declare defaultPort: number;
  declare protocol: string;
  declare requests: Record<string, AgentRequest[] | undefined>;
  declare sockets: Record<string, unknown[] | undefined>;
  declare freeSockets: Record<string, unknown[] | undefined>;
  declare keepAlive: boolean;
  declare keepAliveMsecs: number;
  declare maxSockets: number;
  declare maxFreeSockets: number;
  declare maxTotalSockets: number;
  declare totalSocketCount: number;
  declare scheduling: string;

  constructor(options?: AgentOptions) {
    super();
    initializeAgent(this, options);
  }

  getName(options: ConnectionOptions = {}): string {
    const { host = 'localhost', port = '', localAddress = '', family, socketPath } = options;
    const which = family === 4 || family === 6 ? `:${family}` : '';
    return `${host}:${port}:${localAddress}${which}${socketPath === undefined ? '' : `:${socketPath}`}`;
  }

  addRequest(request: AgentRequest, options: ConnectionOptions): void {
    const all = { ...options, ...this.options, path: undefined };
    const name = this.getName(all);
    const running = (this.sockets[name] ??= []);
    if (running.length >= this.maxSockets || this.totalSocketCount >= this.maxTotalSockets) {
      (this.requests[name] ??= []).push(request);
      return;
    }
    this.run(request, all, name);
  }

  private run(request: AgentRequest, options: ConnectionOptions, name: string): void {
    (this.sockets[name] ??= []).push(request);
    this.totalSocketCount += 1;
    request.once('close', () => this.ended(request, options, name));
    if (!makesConnections(this)) {
      request.start(options);
      return;
    }
    this.createSocket(request, options, (error, socket) => {
      request.onSocket(socket, error);
    });
  }

  private ended(request: AgentRequest, options: ConnectionOptions, name: string): void {
    this.sockets[name] = (this.sockets[name] ?? []).filter((one) => one !== request);
    if (this.sockets[name].length === 0) delete this.sockets[name];
    this.totalSocketCount -= 1;
    for (;;) {
      const next = this.requests[name]?.shift();
      if (this.requests[name]?.length === 0) delete this.requests[name];
      if (next === undefined) return;
      if (next.destroyed) continue;
      this.run(next, options, name);
      return;
    }
  }

  createSocket(request: AgentRequest, options: ConnectionOptions, done: OnCreated): void {
    let isDone = false;
    const created: OnCreated = (error, socket) => {
      if (isDone) return;
      isDone = true;
      done(error, socket);
    };
    const socket = this.createConnection({ ...options, encoding: null }, created);
    if (socket !== undefined && socket !== null) created(null, socket);
    void request;
  }

  createConnection(options: ConnectionOptions, _created?: OnCreated): unknown {
    return net.connect(options);
  }

  keepSocketAlive(_socket: unknown): boolean {
    return true;
  }

  reuseSocket(_socket: unknown, _request: unknown): void {}

  removeSocket(_socket: unknown, _options: unknown): void {}

  /** The pool is the host's; what runs ends by itself. */
  destroy(): void {}
}

const ownCreate = new WeakSet<object>();

/** Marks a `createConnection` whose connections the host's pool gives as well. */
export function isPooled(createConnection: object): void {
  ownCreate.add(createConnection);
}

/** Whether somebody replaced a part of how this agent connects. */
function makesConnections(agent: AgentClass): boolean {
  return (
    !ownCreate.has(agent.createConnection) ||
    agent.createSocket !== AgentClass.prototype.createSocket
  );
}

export function initializeAgent(self: AgentClass, given: AgentOptions = {}): void {
  const options: AgentOptions = { __proto__: null, ...given };
  options.path = null;
  options.noDelay ??= true;
  const { maxTotalSockets, scheduling = 'lifo' } = options;
  if (scheduling !== 'fifo' && scheduling !== 'lifo') {
    throw new ERR_INVALID_ARG_VALUE('scheduling', scheduling, "must be one of: 'fifo', 'lifo'");
  }
  if (maxTotalSockets !== undefined && !(maxTotalSockets > 0)) {
    throw new ERR_OUT_OF_RANGE('maxTotalSockets', '> 0', maxTotalSockets);
  }
  self.defaultPort = 80;
  self.protocol = 'http:';
  self.options = options;
  self.requests = Object.create(null) as AgentClass['requests'];
  self.sockets = Object.create(null) as AgentClass['sockets'];
  self.freeSockets = Object.create(null) as AgentClass['freeSockets'];
  self.keepAlive = options.keepAlive ?? false;
  self.keepAliveMsecs = options.keepAliveMsecs ?? 1_000;
  self.maxSockets = options.maxSockets ?? Number.POSITIVE_INFINITY;
  self.maxFreeSockets = options.maxFreeSockets ?? 256;
  self.maxTotalSockets = maxTotalSockets ?? Number.POSITIVE_INFINITY;
  self.totalSocketCount = 0;
  self.scheduling = scheduling;
}

isPooled(AgentClass.prototype.createConnection);

export type Agent = AgentClass;
export const Agent: typeof AgentClass = callable(AgentClass, (self, [options]) => {
  Reflect.apply(EventEmitter, self, []);
  initializeAgent(self, options);
});
