import { callHost, unpack } from '../../../web/internal/host-values.ts';
import { isBufferSource } from '../../../web/internal/bytes.ts';
import type { Answer } from '../../../host.ts';
import { ERR_INVALID_ARG_VALUE } from '../errors.ts';
import {
  validateFunction,
  validateInteger,
  validateObject,
  validateOneOf,
  validateString,
  validateUint32,
} from '../validators.ts';
import { keyFrom, keyOf, type KeyObject, type KeyRecord } from './keys.ts';
import { later } from './values.ts';

interface Encodings {
  readonly publicKeyEncoding?: object;
  readonly privateKeyEncoding?: object;
}

/** Options of each kind that are numbers; the host's Node checks the rest. */
const numbersOf: Readonly<Record<string, readonly string[]>> = {
  rsa: ['modulusLength'],
  'rsa-pss': ['modulusLength'],
  dsa: ['modulusLength'],
};

export function generateKeyPairSync(type: unknown, options?: unknown): object {
  const { values, encodings } = wantedPair(type, options);
  const [publicKey, privateKey] = pairOf(callHost('crypto.generateKeyPair', values), encodings);
  return { publicKey, privateKey };
}

export function generateKeyPair(type: unknown, options: unknown, callback?: unknown): void {
  const done = typeof options === 'function' ? options : callback;
  const { values, encodings } = wantedPair(
    type,
    typeof options === 'function' ? undefined : options,
  );
  validateFunction(done, 'callback');
  later('crypto.generateKeyPair', values, done, (answer) => pairOf(answer, encodings));
}

Object.defineProperty(generateKeyPair, Symbol.for('nodejs.util.promisify.custom'), {
  value: (type: unknown, options?: unknown) =>
    new Promise((resolve, reject) => {
      generateKeyPair(type, options, (error: unknown, publicKey: unknown, privateKey: unknown) => {
        if (error === null) resolve({ publicKey, privateKey });
        else reject(error);
      });
    }),
  configurable: true,
});

function wantedPair(
  type: unknown,
  options: unknown,
): { values: readonly unknown[]; encodings: Encodings } {
  validateString(type, 'type');
  const numbers = numbersOf[type];
  if (numbers !== undefined || type === 'ec' || type === 'dh') validateObject(options, 'options');
  else if (options !== undefined) validateObject(options, 'options');
  const given = { ...(options as Record<string, unknown> | undefined) };
  for (const name of numbers ?? []) validateUint32(given[name], `options.${name}`);
  if (type === 'ec') validateString(given['namedCurve'], 'options.namedCurve');
  const { publicKeyEncoding, privateKeyEncoding } = given as Encodings;
  for (const [name, encoding] of Object.entries({ publicKeyEncoding, privateKeyEncoding })) {
    if (encoding === undefined) continue;
    if (typeof encoding !== 'object' || encoding === null) {
      throw new ERR_INVALID_ARG_VALUE(`options.${name}`, encoding);
    }
  }
  const plain = Object.entries(given).filter(
    ([, value]) => typeof value !== 'object' || isBufferSource(value),
  );
  return {
    values: [type, Object.fromEntries(plain)],
    encodings: {
      ...(publicKeyEncoding !== undefined && { publicKeyEncoding }),
      ...(privateKeyEncoding !== undefined && { privateKeyEncoding }),
    },
  };
}

function pairOf(answer: Answer, encodings: Encodings): [unknown, unknown] {
  const [publicRecord, privateRecord] = unpack(answer) as [KeyRecord, KeyRecord];
  return [
    inEncoding(keyOf(publicRecord), encodings.publicKeyEncoding),
    inEncoding(keyOf(privateRecord), encodings.privateKeyEncoding),
  ];
}

function inEncoding(key: KeyObject, encoding: object | undefined): unknown {
  if (encoding === undefined) return key;
  return (key as KeyObject & { export(encoding: object): unknown }).export(encoding);
}

const mostBits = 2_147_483_647;

function wantedSecret(type: unknown, options: unknown): readonly unknown[] {
  validateString(type, 'type');
  validateObject(options, 'options');
  const { length } = options as { length?: unknown };
  if (type === 'hmac') validateInteger(length, 'options.length', 8, mostBits);
  else if (type === 'aes') validateOneOf(length, 'options.length', [128, 192, 256]);
  else throw new ERR_INVALID_ARG_VALUE('type', type, 'must be a supported key type');
  return [type, length];
}

export function generateKeySync(type: unknown, options?: unknown): KeyObject {
  return keyFrom(callHost('crypto.generateKey', wantedSecret(type, options)));
}

export function generateKey(type: unknown, options: unknown, callback?: unknown): void {
  const values = wantedSecret(type, options);
  validateFunction(callback, 'callback');
  later('crypto.generateKey', values, callback, (answer) => [keyFrom(answer)]);
}
