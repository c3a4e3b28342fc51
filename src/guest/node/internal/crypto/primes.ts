import type { Answer } from '../../../host.ts';
import { exactCopy, isBufferSource } from '../../../web/internal/bytes.ts';
import { callHost } from '../../../web/internal/host-values.ts';
import { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } from '../errors.ts';
import {
  validateBoolean,
  validateFunction,
  validateInt32,
  validateObject,
  validateUint32,
} from '../validators.ts';
import { later } from './values.ts';

function bytesOfBigInt(value: bigint, name: string): Uint8Array {
  if (value < 0n) throw new ERR_OUT_OF_RANGE(name, '>= 0', value);
  const digits = value.toString(16);
  const hex = digits.length % 2 === 0 ? digits : `0${digits}`;
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function numberBytes(value: unknown, name: string): Uint8Array | ArrayBuffer | ArrayBufferView {
  if (typeof value === 'bigint') return bytesOfBigInt(value, name);
  if (isBufferSource(value)) return value;
  throw new ERR_INVALID_ARG_TYPE(
    name,
    ['ArrayBuffer', 'TypedArray', 'Buffer', 'DataView', 'bigint'],
    value,
  );
}

function wanted(size: unknown, options: unknown): { values: readonly unknown[]; isBig: boolean } {
  validateInt32(size, 'size', 1);
  validateObject(options, 'options');
  const { safe = false, bigint = false, add, rem } = options as Record<string, unknown>;
  validateBoolean(safe, 'options.safe');
  validateBoolean(bigint, 'options.bigint');
  const record = {
    safe,
    add: add === undefined ? undefined : numberBytes(add, 'options.add'),
    rem: rem === undefined ? undefined : numberBytes(rem, 'options.rem'),
  };
  return { values: [size, record], isBig: bigint };
}

function prime(answer: Answer, isBig: boolean): unknown {
  const bytes = exactCopy(answer as ArrayBuffer);
  if (!isBig) return bytes;
  let hex = '0x0';
  for (const byte of new Uint8Array(bytes)) hex += byte.toString(16).padStart(2, '0');
  return BigInt(hex);
}

export function generatePrimeSync(size: unknown, options: unknown = {}): unknown {
  const { values, isBig } = wanted(size, options);
  return prime(callHost('crypto.generatePrime', values), isBig);
}

export function generatePrime(size: unknown, options: unknown, callback?: unknown): void {
  const done = typeof options === 'function' ? options : callback;
  const { values, isBig } = wanted(size, typeof options === 'function' ? {} : options);
  validateFunction(done, 'callback');
  later('crypto.generatePrime', values, done, (answer) => [prime(answer, isBig)]);
}

function tested(candidate: unknown, options: unknown): readonly unknown[] {
  const bytes = numberBytes(candidate, 'candidate');
  validateObject(options, 'options');
  const { checks = 0 } = options as { checks?: unknown };
  validateUint32(checks, 'options.checks');
  return [bytes, checks];
}

export function checkPrimeSync(candidate: unknown, options: unknown = {}): boolean {
  return callHost('crypto.checkPrime', tested(candidate, options)) === '1';
}

export function checkPrime(candidate: unknown, options: unknown, callback?: unknown): void {
  const done = typeof options === 'function' ? options : callback;
  const values = tested(candidate, typeof options === 'function' ? {} : options);
  validateFunction(done, 'callback');
  later('crypto.checkPrime', values, done, (answer) => [answer === '1']);
}
