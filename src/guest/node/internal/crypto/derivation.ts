import type { Answer } from '../../../host.ts';
import { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, errorWithCode } from '../errors.ts';
import {
  validateFunction,
  validateInteger,
  validateObject,
  validateOneOf,
  validateString,
  validateUint32,
} from '../validators.ts';
import { isBufferSource, bytesOf, exactCopy } from '../../../web/internal/bytes.ts';
import { callHost } from '../../../web/internal/host-values.ts';
import { secretKey } from './keys.ts';
import { bufferBytes, bytesFromHost, later } from './values.ts';

const mostLength = 2_147_483_647;

function pbkdf2Values(
  password: unknown,
  salt: unknown,
  iterations: unknown,
  length: unknown,
  digest: unknown,
): readonly unknown[] {
  validateString(digest, 'digest');
  const bytes = [bufferBytes(password, 'password'), bufferBytes(salt, 'salt')];
  validateInteger(iterations, 'iterations', 1, mostLength);
  validateInteger(length, 'keylen', 0, mostLength);
  try {
    callHost('crypto.checkHash', [digest, null, null]);
  } catch {
    throw invalidDigest(digest);
  }
  return [...bytes, iterations, length, digest];
}

function invalidDigest(digest: string): Error {
  return errorWithCode('ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${digest}`, TypeError);
}

export function pbkdf2Sync(...args: [unknown, unknown, unknown, unknown, unknown]): unknown {
  const [password, salt, iterations, length, digest] = args;
  return bytesFromHost('crypto.pbkdf2', pbkdf2Values(password, salt, iterations, length, digest));
}

export function pbkdf2(
  password: unknown,
  salt: unknown,
  iterations: unknown,
  length: unknown,
  digest: unknown,
  callback?: unknown,
): void {
  const done = typeof digest === 'function' ? digest : callback;
  const name = typeof digest === 'function' ? undefined : digest;
  const values = pbkdf2Values(password, salt, iterations, length, name);
  validateFunction(done, 'callback');
  later('crypto.pbkdf2', values, done);
}

interface ScryptOptions {
  readonly [name: string]: unknown;
}

function scryptValues(
  password: unknown,
  salt: unknown,
  length: unknown,
  options: ScryptOptions = {},
): readonly unknown[] {
  const bytes = [bufferBytes(password, 'password'), bufferBytes(salt, 'salt')];
  validateInteger(length, 'keylen', 0, mostLength);
  const N = eitherOption(options, 'N', 'cost', 16_384);
  const r = eitherOption(options, 'r', 'blockSize', 8);
  const p = eitherOption(options, 'p', 'parallelization', 1);
  const { maxmem = 33_554_432 } = options;
  if (maxmem !== undefined) validateInteger(maxmem, 'options.maxmem', 0);
  return [...bytes, length, N, r, p, maxmem];
}

/** An option that has two names. */
function eitherOption(options: ScryptOptions, name: string, other: string, usual: number): number {
  const [first, second] = [options[name], options[other]];
  if (first !== undefined && second !== undefined) {
    throw errorWithCode(
      'ERR_INCOMPATIBLE_OPTION_PAIR',
      `Option "${name}" cannot be used in combination with option "${other}"`,
      TypeError,
    );
  }
  const value = first ?? second;
  if (value === undefined) return usual;
  validateUint32(value, `options.${first === undefined ? other : name}`);
  return value === 0 ? usual : value;
}

export function scryptSync(
  password: unknown,
  salt: unknown,
  length: unknown,
  options?: ScryptOptions,
): unknown {
  const values = scryptValues(password, salt, length, options);
  checkScrypt(values.slice(3) as [number, number, number, number]);
  return bytesFromHost('crypto.scrypt', values);
}

export function scrypt(
  password: unknown,
  salt: unknown,
  length: unknown,
  options: unknown,
  callback?: unknown,
): void {
  const done = typeof options === 'function' ? options : callback;
  const given = typeof options === 'function' ? undefined : (options as ScryptOptions);
  const values = scryptValues(password, salt, length, given);
  validateFunction(done, 'callback');
  checkScrypt(values.slice(3) as [number, number, number, number]);
  later('crypto.scrypt', values, done);
}

/** What OpenSSL would refuse; with a callback, too, Node throws it at once. */
function checkScrypt([N, r, p, maxmem]: [number, number, number, number]): void {
  const isPowerOfTwo = N > 1 && Number.isInteger(Math.log2(N));
  if (!isPowerOfTwo) throw invalidScrypt('');
  const isInReach = N < 2 ** (16 * r) && r * p < 2 ** 30 && 128 * r * (N + p + 2) <= maxmem;
  if (isInReach) return;
  throw invalidScrypt(': error:030000AC:digital envelope routines::memory limit exceeded');
}

function invalidScrypt(detail: string): Error {
  const message = `Invalid scrypt params${detail}`;
  return errorWithCode('ERR_CRYPTO_INVALID_SCRYPT_PARAMS', message, RangeError);
}

function hkdfValues(
  digest: unknown,
  key: unknown,
  salt: unknown,
  info: unknown,
  length: unknown,
): readonly unknown[] {
  validateString(digest, 'digest');
  const secret = secretKey(key);
  const bytes = [bufferBytes(salt, 'salt'), bufferBytes(info, 'info')];
  validateInteger(length, 'length', 0, mostLength);
  const [, text] = bytes;
  if (text !== undefined && text.length > 1_024) {
    throw new ERR_OUT_OF_RANGE('info', 'must not contain more than 1024 bytes', text.length);
  }
  try {
    callHost('crypto.checkHash', [digest, null, null]);
  } catch {
    throw invalidDigest(digest);
  }
  return [digest, 's', secret, ...bytes, length];
}

const asArrayBuffer = (answer: Answer): ArrayBuffer => exactCopy(answer as ArrayBuffer);

export function hkdfSync(...args: [unknown, unknown, unknown, unknown, unknown]): ArrayBuffer {
  return asArrayBuffer(callHost('crypto.hkdf', hkdfValues(...args)));
}

export function hkdf(
  digest: unknown,
  key: unknown,
  salt: unknown,
  info: unknown,
  length: unknown,
  callback: unknown,
): void {
  const values = hkdfValues(digest, key, salt, info, length);
  validateFunction(callback, 'callback');
  later('crypto.hkdf', values, callback, (answer) => [asArrayBuffer(answer)]);
}

const argon2Algorithms = ['argon2d', 'argon2i', 'argon2id'];

function argon2Values(algorithm: unknown, parameters: unknown): readonly unknown[] {
  validateString(algorithm, 'algorithm');
  validateOneOf(algorithm, 'algorithm', argon2Algorithms);
  validateObject(parameters, 'parameters');
  const given = parameters as Record<string, unknown>;
  const record: Record<string, unknown> = {};
  for (const name of ['message', 'nonce', 'secret', 'associatedData']) {
    const value = given[name];
    if (value === undefined && (name === 'secret' || name === 'associatedData')) continue;
    if (typeof value !== 'string' && !isBufferSource(value)) {
      const types = ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'];
      throw new ERR_INVALID_ARG_TYPE(`parameters.${name}`, types, value);
    }
    record[name] = typeof value === 'string' ? bufferBytes(value, name) : bytesOf(value);
  }
  for (const name of ['parallelism', 'tagLength', 'memory', 'passes']) {
    validateUint32(given[name], `parameters.${name}`, true);
    record[name] = given[name];
  }
  return [algorithm, record];
}

export function argon2Sync(algorithm: unknown, parameters: unknown): unknown {
  return bytesFromHost('crypto.argon2', argon2Values(algorithm, parameters));
}

export function argon2(algorithm: unknown, parameters: unknown, callback: unknown): void {
  const values = argon2Values(algorithm, parameters);
  validateFunction(callback, 'callback');
  later('crypto.argon2', values, callback);
}
