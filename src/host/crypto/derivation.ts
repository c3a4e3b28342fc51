import * as crypto from 'node:crypto';
import { hkdf, hkdfSync, pbkdf2, pbkdf2Sync, scrypt, scryptSync } from 'node:crypto';
import type { Gate } from '../gate.ts';
import { tooDear, withNode, withNodeLater } from '../node-error.ts';
import { Arguments } from '../packed.ts';
import { ServiceError, type HostCall, type HostOperation, type Service } from '../service.ts';
import type { ParsedKeys } from './keys.ts';

const mostDerived = 1_048_576;
/** What a blocking call may take, by the estimates below. */
const blockingMicroseconds = 150_000;
/** What an operation on the pool may take. */
const poolMicroseconds = 30_000_000;

interface Derivation {
  /** About what it takes on a core of 2024, in microseconds. */
  readonly cost: number;
  sync(): Uint8Array;
  later(): Promise<Uint8Array>;
}

/** Keys from passwords: cheap ones while the guest waits, all of them on libuv's pool. */
export function derivations(gate: Gate, keys: ParsedKeys, memoryBytes: number): Service {
  const kinds: Record<string, (args: Arguments) => Derivation> = {
    pbkdf2: pbkdf2Of,
    scrypt: (args) => scryptOf(args, memoryBytes),
    hkdf: (args) => hkdfOf(args, keys),
    argon2: (args) => argon2Of(args, memoryBytes),
  };
  const calls: Record<string, HostCall> = {};
  const operations: Record<string, HostOperation> = {};
  for (const [name, read] of Object.entries(kinds)) {
    calls[`crypto.${name}`] = (text, bytes) => {
      const derivation = read(new Arguments(text, bytes));
      if (derivation.cost > blockingMicroseconds) {
        throw tooDear(`crypto.${name}Sync() with this cost`, `crypto.${name}()`);
      }
      return withNode(() => derivation.sync());
    };
    operations[`crypto.${name}`] = async (text, bytes, signal) => {
      const derivation = read(new Arguments(text, bytes));
      if (derivation.cost > poolMicroseconds) {
        throw new ServiceError(
          'ERR_OUT_OF_RANGE',
          `crypto.${name}() with this cost takes too long`,
          {
            name: 'RangeError',
          },
        );
      }
      return await gate.run(signal, () => derivation.later());
    };
  }
  return { calls, operations };
}

/** Microseconds of one round, by the digest's name. */
function roundCost(digest: string): { readonly microseconds: number; readonly size: number } {
  const name = digest.toLowerCase();
  if (/sha-?1$|md5/.test(name)) return { microseconds: 0.35, size: name.includes('md5') ? 16 : 20 };
  if (/sha-?(?:224|256)$/.test(name) && !/sha3|512/.test(name)) {
    return { microseconds: 0.3, size: name.includes('224') ? 28 : 32 };
  }
  if (name.includes('384')) return { microseconds: 1.4, size: 48 };
  // Anything that is not known counts as dear and short.
  return { microseconds: 1.4, size: name.includes('512') ? 64 : 16 };
}

/** `[password, salt, iterations, length, digest]` */
function pbkdf2Of(args: Arguments): Derivation {
  const password = args.bytes(0);
  const salt = args.bytes(1);
  const iterations = args.integer(2, 1, 2 ** 31 - 1);
  const length = args.integer(3, 0, mostDerived);
  const digest = args.string(4);
  const { microseconds, size } = roundCost(digest);
  return {
    cost: iterations * Math.max(1, Math.ceil(length / size)) * microseconds,
    sync: () => pbkdf2Sync(password, salt, iterations, length, digest),
    later: () => withNodeLater((done) => pbkdf2(password, salt, iterations, length, digest, done)),
  };
}

/** `[password, salt, length, N, r, p, maxmem]` */
function scryptOf(args: Arguments, memoryBytes: number): Derivation {
  const password = args.bytes(0);
  const salt = args.bytes(1);
  const length = args.integer(2, 0, mostDerived);
  const N = args.integer(3, 0, 2 ** 31);
  const r = args.integer(4, 0, 2 ** 31);
  const p = args.integer(5, 0, 2 ** 31);
  const maxmem = Math.min(args.integer(6, 0, Number.MAX_SAFE_INTEGER), memoryBytes);
  const options = { N, r, p, maxmem };
  return {
    cost: N * r * p * 0.4,
    sync: () => scryptSync(password, salt, length, options),
    later: () => withNodeLater((done) => scrypt(password, salt, length, options, done)),
  };
}

/** `[digest, key letter, key, salt, info, length]` */
function hkdfOf(args: Arguments, keys: ParsedKeys): Derivation {
  const digest = args.string(0);
  const key = keys.read(args, 1);
  const salt = args.bytes(3);
  const info = args.bytes(4);
  const length = args.integer(5, 0, mostDerived);
  return {
    cost: 0,
    sync: () => new Uint8Array(hkdfSync(digest, key, salt, info, length)),
    later: async () =>
      new Uint8Array(
        await withNodeLater<ArrayBuffer>((done) => hkdf(digest, key, salt, info, length, done)),
      ),
  };
}

/** Node has it from version 24.7. */
interface Argon2 {
  readonly argon2?: (
    algorithm: string,
    parameters: object,
    done: (error: Error | null, derived: Buffer) => void,
  ) => void;
  readonly argon2Sync?: (algorithm: string, parameters: object) => Buffer;
}

/** `[algorithm, { message, nonce, parallelism, tagLength, memory, passes, secret, associatedData }]` */
function argon2Of(args: Arguments, memoryBytes: number): Derivation {
  const { argon2, argon2Sync } = crypto as Argon2;
  if (argon2 === undefined || argon2Sync === undefined) {
    throw new ServiceError(
      'ERR_CRYPTO_ARGON2_NOT_SUPPORTED',
      'Argon2 algorithm not supported by the Node.js of this host',
    );
  }
  const algorithm = args.oneOf(0, ['argon2d', 'argon2i', 'argon2id']);
  const parameters = args.record(1);
  const number = (name: string, most: number): number => {
    const value = parameters[name];
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) {
      return value;
    }
    throw new ServiceError(
      'ERR_OUT_OF_RANGE',
      `The value of "parameters.${name}" is out of range. It must be <= ${most}`,
      { name: 'RangeError' },
    );
  };
  const memory = number('memory', Math.floor(memoryBytes / 1_024));
  const passes = number('passes', 2 ** 31);
  number('tagLength', mostDerived);
  number('parallelism', 64);
  return {
    cost: memory * passes * 1.5,
    sync: () => argon2Sync(algorithm, parameters),
    later: () => withNodeLater((done) => argon2(algorithm, parameters, done)),
  };
}
