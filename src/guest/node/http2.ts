import { ClientHttp2Session, type SessionOptions } from '../cores/http2/client-session.ts';
import { sensitiveHeaders } from '../cores/http2/headers.ts';
import { askHost } from '../host.ts';
import { hostData } from '../web/internal/host-text.ts';
import { Buffer } from './buffer.ts';
import { errorWithCode } from './internal/errors.ts';
import { Server } from './net.ts';
import { builtin as http } from './http.ts';

type UrlLike = ConstructorParameters<typeof ClientHttp2Session>[0];

function connect(authority: unknown, given?: unknown, listener?: unknown): ClientHttp2Session {
  const options = (typeof given === 'object' && given !== null ? given : {}) as SessionOptions;
  const done = typeof given === 'function' ? given : listener;
  const { URL } = globalThis as unknown as { URL: new (text: string) => UrlLike };
  const url = typeof authority === 'string' ? new URL(authority) : toUrl(authority, options, URL);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw errorWithCode(
      'ERR_HTTP2_UNSUPPORTED_PROTOCOL',
      `protocol "${url.protocol}" is unsupported.`,
    );
  }
  const session = new ClientHttp2Session(url, options);
  if (typeof done === 'function') session.once('connect', done as (...args: never[]) => void);
  return session;
}

/** A URL, or an object with some of its fields. */
function toUrl(
  authority: unknown,
  options: SessionOptions,
  URL: new (text: string) => UrlLike,
): UrlLike {
  const {
    protocol = options.protocol ?? 'https:',
    hostname,
    host = 'localhost',
    port = '',
  } = (authority ?? {}) as {
    protocol?: string;
    hostname?: string;
    host?: string;
    port?: string | number;
  };
  const at = port === '' ? '' : `:${port}`;
  return new URL(`${protocol}//${hostname ?? host.replace(/:\d+$/, '')}${at}`);
}

let known: Record<string, number | string> | undefined;
const constants = (): Record<string, number | string> =>
  (known ??= hostData(askHost('h2.constants')) as Record<string, number | string>);

class Http2ServerRequest extends http.IncomingMessage {}
class Http2ServerResponse extends http.OutgoingMessage {}

const fields = [
  ['headerTableSize', 1],
  ['enablePush', 2],
  ['maxConcurrentStreams', 3],
  ['initialWindowSize', 4],
  ['maxFrameSize', 5],
  ['maxHeaderListSize', 6],
  ['enableConnectProtocol', 8],
] as const;

function getPackedSettings(settings: Record<string, unknown> = {}): unknown {
  const bytes: number[] = [];
  for (const [name, id] of fields) {
    const value = settings[name];
    if (value === undefined) continue;
    const number = Number(value);
    bytes.push(
      0,
      id,
      (number >>> 24) & 255,
      (number >>> 16) & 255,
      (number >>> 8) & 255,
      number & 255,
    );
  }
  return Buffer.from(bytes);
}

function getUnpackedSettings(bytes: Uint8Array): Record<string, number | boolean> {
  const settings: Record<string, number | boolean> = {};
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 6 <= bytes.byteLength; at += 6) {
    const field = fields.find(([, id]) => id === view.getUint16(at));
    if (field === undefined) continue;
    const value = view.getUint32(at + 2);
    settings[field[0]] = field[0].startsWith('enable') ? value === 1 : value;
  }
  return settings;
}

export const builtin = {
  ClientHttp2Session,
  Http2ServerRequest,
  Http2ServerResponse,
  connect,
  get constants(): Record<string, number | string> {
    return constants();
  },
  createSecureServer: (...args: unknown[]) => new Server(...args),
  createServer: (...args: unknown[]) => new Server(...args),
  getDefaultSettings: (): object => hostData(askHost('h2.defaultSettings')) as object,
  getPackedSettings,
  getUnpackedSettings,
  performServerHandshake: (): never => {
    throw errorWithCode('EACCES', 'A function cannot be the server of an HTTP/2 connection');
  },
  sensitiveHeaders,
};
