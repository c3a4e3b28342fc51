import { nextTick } from '../../ticks.ts';
import { Buffer } from '../../node/buffer.ts';
import { ERR_INVALID_ARG_TYPE, errorWithCode } from '../../node/internal/errors.ts';
import { textOf } from '../net/bytes.ts';
import { familyOf } from '../net/connect-options.ts';
import { isIP } from '../net/ip.ts';
import type { Agent, AgentRequest, ConnectionOptions } from './agent.ts';
import { headerPairs, outHeaders, type OutgoingMessage } from './outgoing.ts';
import type { RequestOptions } from './request-options.ts';

/** A request between its constructor and the moment when it may leave. */
type BeginningRequest = OutgoingMessage &
  AgentRequest & {
    readonly method: string;
    readonly path: string;
    readonly agent?: Agent | undefined;
  };

/** Where the connection goes; the program's own `lookup` changes the host to an address. */
interface Target {
  host: string;
}

export function agentOf(options: RequestOptions): Agent | undefined {
  const fallback = options._defaultAgent as Agent;
  const { agent } = options;
  if (agent === false) return new (fallback.constructor as typeof Agent)();
  if (agent === undefined || agent === null) {
    return typeof options.createConnection === 'function' ? undefined : fallback;
  }
  if (typeof (agent as Agent).addRequest === 'function') return agent as Agent;
  throw new ERR_INVALID_ARG_TYPE(
    'options.agent',
    ['Agent-like Object', 'undefined', 'false'],
    agent,
  );
}

export function setHeaders(
  self: BeginningRequest,
  options: RequestOptions,
  where: { readonly host: string; readonly port: number; readonly defaultPort: number },
): void {
  const { headers, setDefaultHeaders = true, setHost = setDefaultHeaders } = options;
  const line = `${self.method} ${self.path} HTTP/1.1\r\n`;
  if (Array.isArray(headers)) {
    self._storeHeader(line, headers);
    return;
  }
  for (const [name, value] of headerPairs(headers)) self.setHeader(name, value);
  if (setHost && !self.hasHeader('host')) {
    const bare = isIP(where.host) === 6 ? `[${where.host}]` : where.host;
    self.setHeader('Host', where.port === where.defaultPort ? bare : `${bare}:${where.port}`);
  }
  if (typeof options.auth === 'string' && options.auth !== '' && !self.hasHeader('authorization')) {
    self.setHeader('Authorization', `Basic ${textOf(Buffer.from(options.auth), 'base64')}`);
  }
  if (self.hasHeader('expect')) self._storeHeader(line, self[outHeaders]);
}

export function followSignal(self: BeginningRequest, signal: unknown): void {
  if (signal === undefined || signal === null) return;
  if (typeof signal !== 'object' || !('aborted' in signal)) {
    throw new ERR_INVALID_ARG_TYPE('options.signal', 'AbortSignal', signal);
  }
  const source = signal as {
    readonly aborted: boolean;
    readonly reason: unknown;
    addEventListener(name: string, listener: () => void, options: object): void;
    removeEventListener(name: string, listener: () => void): void;
  };
  const onAbort = (): void => {
    const error = errorWithCode('ABORT_ERR', 'The operation was aborted');
    self.destroy(Object.assign(error, { name: 'AbortError', cause: source.reason }));
  };
  if (source.aborted) {
    nextTick(onAbort, []);
    return;
  }
  source.addEventListener('abort', onAbort, { once: true });
  self.once('close', () => source.removeEventListener('abort', onAbort));
}

/** Asks the agent, or whoever makes the connection. */
export function begin(self: BeginningRequest, options: RequestOptions, target: Target): void {
  const { agent } = self;
  const refusal = refusalOf(options);
  if (refusal !== undefined) {
    nextTick(() => self.destroy(refusal), []);
  } else if (options.lookup !== undefined && isIP(target.host) === 0) {
    findHost(self, options, target, () =>
      agent === undefined
        ? connectOwn(self, options)
        : agent.addRequest(self, connectionOptions(options)),
    );
  } else if (agent === undefined) {
    connectOwn(self, options);
  } else {
    agent.addRequest(self, connectionOptions(options));
  }
}

/** What an agent is told; the request's own things are not for connections. */
function connectionOptions(options: RequestOptions): ConnectionOptions {
  const { signal: _signal, headers: _headers, ...rest } = options;
  return rest;
}

function connectOwn(self: BeginningRequest, options: RequestOptions): void {
  let isDone = false;
  const created = (error: Error | null, socket?: unknown): void => {
    if (isDone) return;
    isDone = true;
    self.onSocket(socket, error);
  };
  try {
    const socket = options.createConnection?.(connectionOptions(options), created);
    if (socket !== undefined && socket !== null) created(null, socket);
  } catch (error) {
    created(error as Error);
  }
}

/** The program resolves the name itself; the host checks the address as it checks any. */
function findHost(
  self: BeginningRequest,
  options: RequestOptions,
  target: Target,
  next: () => void,
): void {
  const { host } = target;
  options.lookup?.(
    host,
    { family: familyOf(options.family), hints: 0, all: false },
    (error, found) => {
      const address = Array.isArray(found) ? found[0]?.address : found;
      if (error !== null && error !== undefined) {
        self.destroy(error);
        return;
      }
      if (typeof address === 'string') target.host = address;
      options.servername ??= isIP(host) === 0 ? host : '';
      next();
    },
  );
}

function refusalOf(options: RequestOptions): Error | undefined {
  if (options.socketPath !== undefined) {
    return refused('EACCES', -13, `${options.socketPath}: there are no local sockets here`);
  }
  if (!options.localAddress) return undefined;
  return refused(
    'EADDRNOTAVAIL',
    -99,
    `${options.localAddress}: the local address cannot be chosen here`,
  );
}

function refused(code: string, errno: number, text: string): Error {
  return Object.assign(new Error(`connect ${code} ${text}`), { code, errno, syscall: 'connect' });
}
