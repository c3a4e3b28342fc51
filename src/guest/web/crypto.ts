import { part } from '../parts.ts';
import { NativeTypeError, TypedArrayName } from '../primordials.ts';
import { CryptoKey } from './crypto-key.ts';
import { domException } from './dom-exception.ts';
import { bytesOf } from './internal/bytes.ts';
import { codedError, illegalConstructor, invalidThis } from './internal/errors.ts';
import { defineInterface } from './internal/interfaces.ts';
import { fillRandom, randomUuid } from './internal/random.ts';

export { CryptoKey };

const subtlePart = () => part('web/subtle') as typeof import('./subtle.ts');
const permit = {};
/** Bytes that one call may ask for, by the specification. */
const mostRandomBytes = 65_536;
const integerArrays = new Set([
  'Int8Array',
  'Int16Array',
  'Int32Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Uint16Array',
  'Uint32Array',
  'BigInt64Array',
  'BigUint64Array',
]);

/** https://w3c.github.io/webcrypto/#crypto-interface */
export class Crypto {
  constructor(token?: unknown) {
    if (token !== permit) throw illegalConstructor();
  }

  get subtle(): object {
    check(this);
    return subtlePart().subtle;
  }

  getRandomValues(array: unknown): unknown {
    check(this);
    if (arguments.length === 0) {
      const message =
        "Failed to execute 'getRandomValues' on 'Crypto': 1 argument required, but only 0 present.";
      throw codedError(NativeTypeError, 'ERR_MISSING_ARGS', message);
    }
    const name = TypedArrayName(array);
    if (name === undefined || !integerArrays.has(name)) {
      const message = 'The data argument must be an integer-type TypedArray';
      throw domException(message, 'TypeMismatchError');
    }
    const bytes = bytesOf(array as Uint8Array);
    if (bytes.length > mostRandomBytes) {
      throw domException('The requested length exceeds 65,536 bytes', 'QuotaExceededError');
    }
    fillRandom(bytes);
    return array;
  }

  randomUUID(): string {
    check(this);
    return randomUuid();
  }
}

function check(self: unknown): void {
  if (self !== crypto) throw invalidThis('Crypto');
}

defineInterface(Crypto, 'Crypto', ['subtle', 'getRandomValues', 'randomUUID']);

export const crypto: Crypto = new Crypto(permit);
