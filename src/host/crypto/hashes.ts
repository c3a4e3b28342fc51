import {
  createHash,
  createHmac,
  getHashes,
  type BinaryToTextEncoding,
  type Hash,
  type Hmac,
} from 'node:crypto';
import { Handles } from '../handles.ts';
import { withNode } from '../node-error.ts';
import { Arguments } from '../packed.ts';
import { ServiceError, type HostAnswer, type HostCall, type Service } from '../service.ts';

/** Running hashes of one environment; each holds a few hundred bytes. */
const runningHashes = 1_000;
/** Bytes of an extendable output (SHAKE) that one call may ask for. */
const longestOutput = 1_048_576;
/** One call holds the host's thread; guests cut longer data up. */
const mostBytes = 8_388_608;

const encodings: ReadonlySet<string> = new Set(['hex', 'base64', 'base64url', 'binary']);

/**
 * Hash and HMAC. What fits one message is one call: `crypto.hash <algorithm> <encoding> <length>` with the
 * bytes, or with the text right behind. Longer data goes through a handle, piece by piece.
 */
export function hashes(): Service {
  const running = new Handles<Hash | Hmac>('hash', { count: runningHashes, bytes: 0 });
  return {
    calls: {
      'crypto.hash': hashBytes,
      'crypto.hashText': hashText,
      'crypto.hmac': hmacBytes,
      'crypto.hmacText': hmacText,
      'crypto.hashOpen': (text, bytes) => `${running.add(open(new Arguments(text, bytes)))}`,
      'crypto.hashUpdate': (id, bytes) => {
        const hash = running.get(id);
        checkSize(bytes);
        if (bytes !== undefined) hash.update(bytes);
        return undefined;
      },
      'crypto.hashDigest': (text) => {
        const [id = '', encoding = ''] = text.split(' ');
        const hash = running.get(id);
        running.close(Number(id));
        return digest(hash, encoding);
      },
      'crypto.hashCopy': (text, bytes) => {
        const args = new Arguments(text, bytes);
        const hash = running.get(`${args.integer(0, 1, Number.MAX_SAFE_INTEGER)}`);
        if (!('copy' in hash)) throw new ServiceError('ERR_INVALID_STATE', 'An HMAC has no copy');
        return `${running.add(withNode(() => hash.copy(copyLength(args))))}`;
      },
      'crypto.hashes': () => JSON.stringify(getHashes()),
      'crypto.checkHash': (text, bytes) => {
        open(new Arguments(text, bytes));
        return undefined;
      },
    },
    close: () => running.closeAll(),
  };
}

const hashBytes: HostCall = (text, bytes) => {
  checkSize(bytes);
  const [algorithm = '', encoding = '', length = ''] = text.split(' ');
  const hash = withNode(() => createHash(algorithm, lengthOption(algorithm, length)));
  if (bytes !== undefined) hash.update(bytes);
  return digest(hash, encoding);
};

const hashText: HostCall = (text) => {
  const [algorithm, encoding, data] = headAndText(text);
  return digest(
    withNode(() => createHash(algorithm, usualLength(algorithm))).update(data, 'utf8'),
    encoding,
  );
};

/** The key is the first bytes, its length the third word. */
const hmacBytes: HostCall = (text, bytes = new Uint8Array()) => {
  checkSize(bytes);
  const [algorithm = '', encoding = '', size = ''] = text.split(' ');
  const keySize = Number(size);
  if (!Number.isInteger(keySize) || keySize < 0 || keySize > bytes.byteLength) {
    throw new ServiceError('ERR_OUT_OF_RANGE', 'The key is longer than the bytes');
  }
  const hmac = withNode(() => createHmac(algorithm, bytes.subarray(0, keySize)));
  return digest(hmac.update(bytes.subarray(keySize)), encoding);
};

const hmacText: HostCall = (text, key = new Uint8Array()) => {
  const [algorithm, encoding, data] = headAndText(text);
  return digest(withNode(() => createHmac(algorithm, key)).update(data, 'utf8'), encoding);
};

function checkSize(bytes: Uint8Array | undefined): void {
  if ((bytes?.byteLength ?? 0) > mostBytes) {
    throw new ServiceError('ERR_OUT_OF_RANGE', `At most ${mostBytes} bytes at a time`);
  }
}

/** `'sha256 hex the text'` becomes its three pieces. */
function headAndText(text: string): [string, string, string] {
  const first = text.indexOf(' ');
  const second = text.indexOf(' ', first + 1);
  if (first < 0 || second < 0 || text.length > mostBytes) {
    throw new ServiceError('ERR_INVALID_ARG_VALUE', 'A word is missing, or the text is too long');
  }
  return [text.slice(0, first), text.slice(first + 1, second), text.slice(second + 1)];
}

function copyLength(args: Arguments): { outputLength: number } | undefined {
  return args.has(1) ? { outputLength: args.integer(1, 0, longestOutput) } : undefined;
}

/** `[algorithm, outputLength or null, HMAC key or null]` */
function open(args: Arguments): Hash | Hmac {
  const algorithm = args.string(0);
  return withNode(() =>
    args.has(2)
      ? createHmac(algorithm, args.bytes(2))
      : createHash(algorithm, outputLength(args, 1)),
  );
}

function outputLength(args: Arguments, index: number): { outputLength: number } | undefined {
  if (args.has(index)) return { outputLength: args.integer(index, 0, longestOutput) };
  return usualLength(args.string(0));
}

/** Node wants the length of SHAKE said, and warns on the host's console where nobody did. */
function usualLength(algorithm: string): { outputLength: number } | undefined {
  const [, bits] = /^shake(128|256)$/i.exec(algorithm) ?? [];
  return bits === undefined ? undefined : { outputLength: Number(bits) / 8 };
}

function lengthOption(algorithm: string, text: string): { outputLength: number } | undefined {
  if (text === '') return usualLength(algorithm);
  const length = Number(text);
  if (!Number.isInteger(length) || length < 0 || length > longestOutput) {
    throw new ServiceError(
      'ERR_OUT_OF_RANGE',
      `The value of "options.outputLength" is out of range. It must be >= 0 && <= ${longestOutput}. Received ${text}`,
      { name: 'RangeError' },
    );
  }
  return { outputLength: length };
}

function digest(hash: Hash | Hmac, encoding: string): HostAnswer {
  if (encodings.has(encoding)) return withNode(() => hash.digest(encoding as BinaryToTextEncoding));
  return withNode(() => hash.digest());
}
