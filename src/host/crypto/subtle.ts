import { KeyObject, webcrypto } from 'node:crypto';
import type { Gate } from '../gate.ts';
import { forGuest, withNode } from '../node-error.ts';
import { Arguments, isRecord, packAnswer } from '../packed.ts';
import {
  ServiceError,
  type HostAnswer,
  type HostCall,
  type HostOperation,
  type Service,
} from '../service.ts';
import { checkedSize, keyRecord, ParsedKeys } from './keys.ts';
import { SealedKeys, isSourceOfKeys, type OpenedKey } from './sealed-keys.ts';

type CryptoKey = webcrypto.CryptoKey;
type Usages = webcrypto.KeyUsage[];
type Algorithm = Record<string, unknown> & { name: string };
/** Node's own, by the names of the guest's calls; newer functions are missing in older versions. */
type Subtle = Record<string, ((...args: unknown[]) => Promise<unknown>) | undefined>;

/** These have a narrower gate of their own. */
const dear: ReadonlySet<string> = new Set([
  'subtle.deriveBits',
  'subtle.deriveKey',
  'subtle.generateKey',
]);

const mostIterations = 20_000_000;
const shortestDigestBits = 160;
const longestModulus = 8_192;
/** Secrets of HMAC and AES as bits, and derived bits. */
const mostBits = 8_388_608;

/** Node's WebCrypto for guests; keys cross sealed (`sealed-keys.ts`). */
export function subtle(gate: Gate, usual: Gate): Service {
  const keys = new LazyKeys();
  const parsed = new ParsedKeys();
  const node = webcrypto.subtle as unknown as Subtle;

  const run = async (name: string, ...args: unknown[]): Promise<unknown> => {
    const method = node[name];
    if (method === undefined) {
      throw new ServiceError('', `The Node.js of this host has no subtle.${name}()`, {
        fields: { domName: 'NotSupportedError' },
      });
    }
    try {
      return await Reflect.apply(method, node, args);
    } catch (error) {
      throw forGuest(error);
    }
  };
  /** A key for the guest. */
  const record = (opened: OpenedKey, brought?: Uint8Array): object => {
    const { type, algorithm, usages } = opened.key;
    const { isExtractable } = opened;
    return { sealed: keys.seal(opened, brought), type, algorithm, usages, isExtractable };
  };
  const made = (result: unknown, isExtractable: boolean, brought?: Uint8Array): HostAnswer => {
    const { publicKey, privateKey } = result as { publicKey?: CryptoKey; privateKey?: CryptoKey };
    if (publicKey !== undefined && privateKey !== undefined) {
      return packAnswer({
        publicKey: record({ key: publicKey, isExtractable: true }),
        privateKey: record({ key: privateKey, isExtractable }),
      });
    }
    const key = result as CryptoKey;
    if (key.type !== 'secret') checkedSize(KeyObject.from(key));
    const opened = { key, isExtractable };
    return packAnswer(record(opened, isSourceOfKeys(key.algorithm.name) ? brought : undefined));
  };
  const algorithm = (args: Arguments, index: number): Algorithm => {
    const value = { ...args.record(index) } as Algorithm;
    if (value['public'] instanceof Uint8Array) value['public'] = keys.open(value['public']).key;
    checkAlgorithm(value);
    return value;
  };
  const key = (args: Arguments, index: number): CryptoKey => keys.open(args.bytes(index)).key;
  const exportable = (args: Arguments, index: number): CryptoKey => {
    const opened = keys.open(args.bytes(index));
    if (opened.isExtractable) return opened.key;
    throw new ServiceError('', 'key is not extractable', {
      fields: { domName: 'InvalidAccessError' },
    });
  };

  /** `[algorithm, key, data]` and, for `verify`, the signature in front of the data. */
  const withKey =
    (name: string, count: number): HostOperation =>
    async (text, bytes) => {
      const args = new Arguments(text, bytes);
      const data = Array.from({ length: count }, (_, index) => args.bytes(2 + index));
      return answer(await run(name, algorithm(args, 0), key(args, 1), ...data));
    };
  /** `[algorithm, key, bits or null]` */
  const deriveBits: HostOperation = async (text, bytes, signal) => {
    const args = new Arguments(text, bytes);
    const length = args.has(2) ? args.integer(2, 0, mostBits) : null;
    const iterations = Number(args.record(0)['iterations'] ?? 1);
    // PBKDF2 runs all iterations anew for each block of its digest.
    if (iterations * Math.ceil((length ?? 0) / shortestDigestBits) > mostIterations) {
      throw operationError('iterations times length is too large');
    }
    return await gate.run(signal, async () =>
      answer(await run('deriveBits', algorithm(args, 0), key(args, 1), length)),
    );
  };

  const operations: Record<string, HostOperation> = {
    'subtle.digest': async (text, bytes) => {
      const args = new Arguments(text, bytes);
      return answer(await run('digest', algorithm(args, 0), args.bytes(1)));
    },
    'subtle.sign': withKey('sign', 1),
    'subtle.verify': withKey('verify', 2),
    'subtle.encrypt': withKey('encrypt', 1),
    'subtle.decrypt': withKey('decrypt', 1),
    'subtle.deriveBits': deriveBits,
    /** `[algorithm, key, algorithm of the new key, extractable, usages]` */
    'subtle.deriveKey': async (text, bytes, signal) => {
      const args = new Arguments(text, bytes);
      const usages = args.strings(4) as Usages;
      return await gate.run(signal, async () =>
        made(
          await run(
            'deriveKey',
            algorithm(args, 0),
            key(args, 1),
            algorithm(args, 2),
            hostExtractable(args.record(2), args.boolean(3)),
            usages,
          ),
          args.boolean(3),
        ),
      );
    },
    /** `[algorithm, extractable, usages]` */
    'subtle.generateKey': async (text, bytes, signal) => {
      const args = new Arguments(text, bytes);
      const usages = args.strings(2) as Usages;
      return await gate.run(signal, async () =>
        made(await run('generateKey', algorithm(args, 0), true, usages), args.boolean(1)),
      );
    },
    /** `[format, data or JWK, algorithm, extractable, usages]` */
    'subtle.importKey': async (text, bytes) => {
      const args = new Arguments(text, bytes);
      const format = args.string(0);
      const data = format === 'jwk' ? { ...args.record(1) } : args.bytes(1);
      // The guest's wish stays with the sealed key; a JWK that says "not extractable" is checked by it.
      if (isRecord(data) && data['ext'] === false && args.boolean(3)) throw notExtractableJwk();
      if (isRecord(data)) delete data['ext'];
      const usages = args.strings(4) as Usages;
      return made(
        await run(
          'importKey',
          format,
          data,
          algorithm(args, 2),
          hostExtractable(args.record(2), args.boolean(3)),
          usages,
        ),
        args.boolean(3),
        data instanceof Uint8Array ? data : undefined,
      );
    },
    /** `[format, key]` gives bytes or a JWK. */
    'subtle.exportKey': async (text, bytes) => {
      const args = new Arguments(text, bytes);
      return answer(await run('exportKey', args.string(0), exportable(args, 1)));
    },
    /** `[format, key, wrapping key, algorithm]` */
    'subtle.wrapKey': async (text, bytes) => {
      const args = new Arguments(text, bytes);
      const [format, inner, outer] = [args.string(0), exportable(args, 1), key(args, 2)];
      return answer(await run('wrapKey', format, inner, outer, algorithm(args, 3)));
    },
    /** `[format, wrapped, unwrapping key, algorithm, algorithm of the key, extractable, usages]` */
    'subtle.unwrapKey': async (text, bytes) => {
      const args = new Arguments(text, bytes);
      const [format, wrapped, outer] = [args.string(0), args.bytes(1), key(args, 2)];
      const usages = args.strings(6) as Usages;
      const [how, of] = [algorithm(args, 3), algorithm(args, 4)];
      return made(
        await run(
          'unwrapKey',
          format,
          wrapped,
          outer,
          how,
          of,
          hostExtractable(of, args.boolean(5)),
          usages,
        ),
        args.boolean(5),
      );
    },
    /** `[key, usages]` */
    'subtle.getPublicKey': async (text, bytes) => {
      const args = new Arguments(text, bytes);
      return made(await run('getPublicKey', key(args, 0), args.strings(1)), true);
    },
    /** `[algorithm, key]` gives the shared secret and its ciphertext. */
    'subtle.encapsulateBits': async (text, bytes) => {
      const args = new Arguments(text, bytes);
      const result = await run('encapsulateBits', algorithm(args, 0), key(args, 1));
      const { sharedKey, ciphertext } = result as Record<'sharedKey' | 'ciphertext', ArrayBuffer>;
      return packAnswer({
        sharedKey: new Uint8Array(sharedKey),
        ciphertext: new Uint8Array(ciphertext),
      });
    },
    /** `[algorithm, key, algorithm of the new key, extractable, usages]` */
    'subtle.encapsulateKey': async (text, bytes) => {
      const args = new Arguments(text, bytes);
      const of = algorithm(args, 2);
      if (isSourceOfKeys(of.name)) throw onlyBits(of.name);
      const [how, outer, usages] = [algorithm(args, 0), key(args, 1), args.strings(4)];
      const result = await run('encapsulateKey', how, outer, of, true, usages);
      const { sharedKey, ciphertext } = result as { sharedKey: CryptoKey; ciphertext: ArrayBuffer };
      return packAnswer({
        sharedKey: record({ key: sharedKey, isExtractable: args.boolean(3) }),
        ciphertext: new Uint8Array(ciphertext),
      });
    },
    'subtle.decapsulateBits': withKey('decapsulateBits', 1),
    /** `[algorithm, key, ciphertext, algorithm of the new key, extractable, usages]` */
    'subtle.decapsulateKey': async (text, bytes) => {
      const args = new Arguments(text, bytes);
      const of = algorithm(args, 3);
      if (isSourceOfKeys(of.name)) throw onlyBits(of.name);
      const [how, outer, usages] = [algorithm(args, 0), key(args, 1), args.strings(5)];
      const result = await run('decapsulateKey', how, outer, args.bytes(2), of, true, usages);
      return made(result, args.boolean(4));
    },
  };

  const calls: Record<string, HostCall> = {
    /** `[key letter, key, algorithm, extractable, usages]`: `keyObject.toCryptoKey()` */
    'subtle.fromKey': (text, bytes) => {
      const args = new Arguments(text, bytes);
      const usages = args.strings(4) as Usages;
      const source = parsed.read(args, 0) as KeyObject & {
        toCryptoKey(algorithm: object, isExtractable: boolean, usages: Usages): CryptoKey;
      };
      try {
        return made(
          source.toCryptoKey(
            algorithm(args, 2),
            hostExtractable(args.record(2), args.boolean(3)),
            usages,
          ),
          args.boolean(3),
        );
      } catch (error) {
        throw forGuest(error);
      }
    },
    /** `[key]`: `KeyObject.from()` */
    'subtle.toKey': (text, bytes) => {
      const args = new Arguments(text, bytes);
      return packAnswer(keyRecord(withNode(() => KeyObject.from(exportable(args, 0)))));
    },
  };
  return { calls, operations: throughGates(operations, usual) };
}

/** What does not go through the gate of the dear ones goes through this one. */
function throughGates(
  operations: Readonly<Record<string, HostOperation>>,
  usual: Gate,
): Record<string, HostOperation> {
  const gated: Record<string, HostOperation> = {};
  for (const [name, operation] of Object.entries(operations)) {
    gated[name] = dear.has(name)
      ? operation
      : (text, bytes, signal) => usual.run(signal, () => operation(text, bytes, signal));
  }
  return gated;
}

/** The secret of an environment is made when its first key is. */
class LazyKeys {
  #keys: SealedKeys | undefined;

  seal(opened: OpenedKey, brought?: Uint8Array): Uint8Array {
    this.#keys ??= new SealedKeys();
    return this.#keys.seal(opened, brought);
  }

  open(sealed: Uint8Array): OpenedKey {
    this.#keys ??= new SealedKeys();
    return this.#keys.open(sealed);
  }
}

/**
 * The host's own copy of a key is extractable, because it is sealed by its material; what the guest asked
 * for is sealed with it. Keys to derive from are the exception: WebCrypto allows no extractable ones.
 */
function hostExtractable(algorithm: Record<string, unknown>, wanted: boolean): boolean {
  return isSourceOfKeys(String(algorithm['name'])) ? wanted : true;
}

function answer(result: unknown): HostAnswer {
  if (typeof result === 'boolean') return result ? 'true' : 'false';
  if (result instanceof ArrayBuffer) return new Uint8Array(result);
  return packAnswer(result as object);
}

/** What costs more the larger the guest makes it. */
function checkAlgorithm(algorithm: Algorithm): void {
  limit(algorithm, 'modulusLength', longestModulus);
  limit(algorithm, 'iterations', mostIterations);
  limit(algorithm, 'length', mostBits);
  const { publicExponent } = algorithm;
  if (publicExponent instanceof Uint8Array && publicExponent.byteLength > 8) {
    throw operationError('The public exponent is too large');
  }
}

function limit(algorithm: Algorithm, name: string, most: number): void {
  const value = algorithm[name];
  if (typeof value === 'number' && value > most) {
    throw operationError(`${name} must be at most ${most}`);
  }
}

function operationError(message: string): ServiceError {
  return new ServiceError('', message, { fields: { domName: 'OperationError' } });
}

/** Keys to derive from are sealed by the bytes that they were imported from. */
function onlyBits(name: string): ServiceError {
  return new ServiceError('', `${name} keys come from importKey() of encapsulated bits`, {
    fields: { domName: 'NotSupportedError' },
  });
}

function notExtractableJwk(): ServiceError {
  return new ServiceError('', 'JWK "ext" Parameter and extractable mismatch', {
    fields: { domName: 'DataError' },
  });
}
