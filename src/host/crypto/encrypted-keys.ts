import { ServiceError } from '../service.ts';

/**
 * A key under a passphrase says itself how many rounds its decryption takes, and Node would run them on the
 * host's main thread. So the parameters are looked at first.
 */
const mostRounds = 1_000_000;
const mostScryptCost = 2 ** 18;
/** 1.3.6.1.4.1.11591.4.11 */
const scryptOid = '2b06010401da47040b';

const blockBegin = '-----BEGIN ENCRYPTED PRIVATE KEY-----';
const blockEnd = '-----END ENCRYPTED PRIVATE KEY-----';

/** Refuses a PEM text with a key whose decryption takes too long. */
export function checkEncryptedPem(pem: string): void {
  const begins = pem.split('BEGIN ENCRYPTED PRIVATE KEY').length - 1;
  let at = 0;
  for (let count = 0; count < begins; count += 1) {
    const start = pem.indexOf(blockBegin, at);
    const stop = start < 0 ? -1 : pem.indexOf(blockEnd, start);
    if (stop < 0) throw unreadable();
    const body = pem.slice(start + blockBegin.length, stop);
    // One block in another is no key, and looking at each of them again would take long.
    if (body.includes('-----')) throw unreadable();
    checkEncryptedDer(Buffer.from(body, 'base64'));
    at = stop + blockEnd.length;
  }
}

/** The same for `EncryptedPrivateKeyInfo`: a sequence of the algorithm and the encrypted key. */
export function checkEncryptedDer(der: Uint8Array): void {
  const whole = element(der, 0);
  const algorithm = element(whole.content, 0);
  // `PrivateKeyInfo` begins with a version number instead: it is not encrypted.
  if (algorithm.tag !== sequenceTag) return;
  const numbers: number[] = [];
  collectIntegers(algorithm.content, numbers, 0);
  const isScrypt = Buffer.from(algorithm.content).toString('hex').includes(scryptOid);
  const cost = isScrypt
    ? numbers.slice(0, 3).reduce((product, number) => product * number, 1)
    : Math.max(0, ...numbers);
  if (cost > (isScrypt ? mostScryptCost : mostRounds)) {
    throw new ServiceError(
      'ERR_OUT_OF_RANGE',
      'The passphrase of this key takes too many rounds: more than the host runs at once',
      { name: 'RangeError' },
    );
  }
}

const sequenceTag = 0x30;
const integerTag = 0x02;

interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly end: number;
}

function collectIntegers(bytes: Uint8Array, numbers: number[], depth: number): void {
  if (depth > 8) throw unreadable();
  let offset = 0;
  while (offset < bytes.byteLength) {
    const { tag, content, end } = element(bytes, offset);
    if (tag === integerTag) numbers.push(integer(content));
    if (tag === sequenceTag) collectIntegers(content, numbers, depth + 1);
    offset = end;
  }
}

function integer(content: Uint8Array): number {
  let value = 0;
  for (const byte of content) value = value * 256 + byte;
  return value;
}

/** One element of DER: definite lengths only, as the format demands. */
function element(bytes: Uint8Array, start: number): Element {
  const tag = bytes[start];
  const first = bytes[start + 1];
  if (tag === undefined || first === undefined) throw unreadable();
  let length = first;
  let offset = start + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw unreadable();
    length = integer(bytes.subarray(offset, offset + count));
    offset += count;
  }
  const end = offset + length;
  if (end > bytes.byteLength) throw unreadable();
  return { tag, content: bytes.subarray(offset, end), end };
}

function unreadable(): ServiceError {
  return new ServiceError('ERR_OSSL_UNSUPPORTED', 'error:1E08010C:DECODER routines::unsupported', {
    fields: { library: 'DECODER routines', reason: 'unsupported' },
  });
}
