import {
  generateKey,
  generateKeyPair,
  generateKeyPairSync,
  generateKeySync,
  type KeyObject,
} from 'node:crypto';
import type { Gate } from '../gate.ts';
import { tooDear, withNode, withNodeLater } from '../node-error.ts';
import { Arguments, packAnswer } from '../packed.ts';
import { ServiceError, type HostAnswer, type Service } from '../service.ts';
import { checkedSize, keyAnswer, keyRecord } from './keys.ts';

/** Bits that the blocking form may make; more of them take from 200 ms to many seconds. */
const blocking: Readonly<Record<string, number>> = {
  rsa: 2_048,
  'rsa-pss': 2_048,
  dsa: 1_024,
};
const longestModulus = 8_192;
/** Random primes of Diffie-Hellman: they must be safe primes, which are rare. */
const longestRandomDhPrime = 2_048;
const longestSecretBits = 8_388_608;

type Generate = (
  type: string,
  options: object,
  done?: (error: Error | null, publicKey: KeyObject, privateKey: KeyObject) => void,
) => { publicKey: KeyObject; privateKey: KeyObject };

/** Making keys: `[type, options]`. */
export function keyPairs(gate: Gate): Service {
  return {
    calls: {
      'crypto.generateKeyPair': (text, bytes) => {
        const { type, options } = wantedPair(new Arguments(text, bytes));
        if (!isCheap(type, options)) {
          throw tooDear(`Generating this ${type} key pair`, 'crypto.generateKeyPair()');
        }
        return pairAnswer(withNode(() => (generateKeyPairSync as Generate)(type, options)));
      },
      'crypto.generateKey': (text, bytes) => {
        const { type, length } = wantedSecret(new Arguments(text, bytes));
        return keyAnswer(withNode(() => generateKeySync(type, { length })));
      },
    },
    operations: {
      'crypto.generateKeyPair': async (text, bytes, signal) => {
        const { type, options } = wantedPair(new Arguments(text, bytes));
        // The answer is made outside of Node's callback: what throws in there nobody could catch.
        const pair = await gate.run(signal, () =>
          withNodeLater<ReturnType<Generate>>((done) => {
            (generateKeyPair as unknown as Generate)(
              type,
              options,
              (error, publicKey, privateKey) => done(error, { publicKey, privateKey }),
            );
          }),
        );
        return pairAnswer(pair);
      },
      'crypto.generateKey': async (text, bytes) => {
        const { type, length } = wantedSecret(new Arguments(text, bytes));
        return keyAnswer(
          await withNodeLater<KeyObject>((done) => generateKey(type, { length }, done)),
        );
      },
    },
  };
}

function pairAnswer({
  publicKey,
  privateKey,
}: {
  publicKey: KeyObject;
  privateKey: KeyObject;
}): HostAnswer {
  checkedSize(privateKey);
  return packAnswer([keyRecord(publicKey), keyRecord(privateKey)]);
}

function wantedSecret(args: Arguments): { type: 'hmac' | 'aes'; length: number } {
  return { type: args.oneOf(0, ['hmac', 'aes']), length: args.integer(1, 0, longestSecretBits) };
}

function wantedPair(args: Arguments): { type: string; options: Record<string, unknown> } {
  const type = args.string(0);
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(args.record(1))) {
    if (value !== null) options[name] = value instanceof Uint8Array ? Buffer.from(value) : value;
  }
  limit('modulusLength', options, longestModulus);
  limit('divisorLength', options, 512);
  limit('primeLength', options, longestRandomDhPrime);
  limit('publicExponent', options, 2 ** 32);
  const { prime } = options;
  if (prime instanceof Uint8Array && prime.byteLength > longestModulus / 8) {
    throw tooLarge('prime', longestModulus / 8);
  }
  // Encodings are the guest's business: it gets key objects.
  delete options['publicKeyEncoding'];
  delete options['privateKeyEncoding'];
  return { type, options };
}

function limit(name: string, options: Record<string, unknown>, most: number): void {
  const value = options[name];
  if (typeof value === 'number' && value > most) throw tooLarge(name, most);
}

function tooLarge(name: string, most: number): ServiceError {
  return new ServiceError(
    'ERR_OUT_OF_RANGE',
    `The value of "options.${name}" is out of range. It must be <= ${most}`,
    { name: 'RangeError' },
  );
}

function isCheap(type: string, options: Record<string, unknown>): boolean {
  if (type === 'dh') return options['primeLength'] === undefined;
  if (type.startsWith('slh-dsa')) return false;
  const most = blocking[type];
  return most === undefined || Number(options['modulusLength'] ?? 0) <= most;
}
