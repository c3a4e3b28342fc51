import * as crypto from 'node:crypto';
import {
  createSign,
  createVerify,
  privateDecrypt,
  privateEncrypt,
  publicDecrypt,
  publicEncrypt,
  sign,
  verify,
  type KeyObject,
  type Sign,
  type Verify,
} from 'node:crypto';
import type { Gate } from '../gate.ts';
import { Handles } from '../handles.ts';
import { tooDear, withNode, withNodeLater } from '../node-error.ts';
import { Arguments, packAnswer } from '../packed.ts';
import { ServiceError, type Service } from '../service.ts';
import type { ParsedKeys } from './keys.ts';

const runningSignatures = 200;
/** Bytes that one call may hash; longer messages go through a handle. */
const mostBytes = 8_388_608;

type KeyWithOptions = Parameters<typeof sign>[2] & { key: KeyObject };

/** Signatures, and what RSA does with a few bytes. */
export function signatures(gate: Gate, keys: ParsedKeys): Service {
  const running = new Handles<Sign | Verify>('signature', { count: runningSignatures, bytes: 0 });
  return {
    calls: {
      /** `[algorithm or null, data, key letter, key, options]` */
      'crypto.sign': (text, bytes) => {
        const { algorithm, data, key } = signing(new Arguments(text, bytes), keys);
        refuseSlow(key.key, 'Signing', 'the callback of crypto.sign()');
        return withNode(() => sign(algorithm, data, key));
      },
      /** The same and the signature. */
      'crypto.verify': (text, bytes) => {
        const args = new Arguments(text, bytes);
        const { algorithm, data, key } = signing(args, keys);
        const signature = args.bytes(5);
        return withNode(() => verify(algorithm, data, key, signature)) ? '1' : '0';
      },
      /** `[isVerify, algorithm]` */
      'crypto.signOpen': (text, bytes) => {
        const args = new Arguments(text, bytes);
        const algorithm = args.string(1);
        return `${running.add(withNode(() => (args.boolean(0) ? createVerify(algorithm) : createSign(algorithm))))}`;
      },
      'crypto.signUpdate': (id, bytes = new Uint8Array()) => {
        running.get(id).update(checkedData(bytes));
        return undefined;
      },
      /** `[id, key letter, key, options, signature or null]` */
      'crypto.signFinal': (text, bytes) => {
        const args = new Arguments(text, bytes);
        const id = args.integer(0, 1, Number.MAX_SAFE_INTEGER);
        const signature = running.get(`${id}`);
        const key = { ...keyOptions(args.record(3)), key: keys.read(args, 1) } as KeyWithOptions;
        running.close(id);
        if ('sign' in signature) return withNode(() => signature.sign(key));
        return withNode(() => signature.verify(key, args.bytes(4))) ? '1' : '0';
      },
      /** `[function, key letter, key, options, data]` */
      'crypto.rsa': (text, bytes) => {
        const args = new Arguments(text, bytes);
        const action = rsaActions[args.oneOf(0, rsaNames)];
        const key = { ...rsaOptions(args.record(3)), key: keys.read(args, 1) };
        return withNode(() => action(key, args.bytes(4)));
      },
      /** `[key letter, key]` */
      'crypto.encapsulate': (text, bytes) => {
        const key = keys.read(new Arguments(text, bytes), 0);
        const { sharedKey, ciphertext } = withNode(() => kem().encapsulate(key));
        return packAnswer({ sharedKey, ciphertext });
      },
      /** `[key letter, key, ciphertext]` */
      'crypto.decapsulate': (text, bytes) => {
        const args = new Arguments(text, bytes);
        return withNode(() => kem().decapsulate(keys.read(args, 0), args.bytes(2)));
      },
    },
    operations: {
      'crypto.sign': async (text, bytes, signal) => {
        const { algorithm, data, key } = signing(new Arguments(text, bytes), keys);
        return await gate.run(signal, () =>
          withNodeLater((done) => sign(algorithm, data, key, done)),
        );
      },
      'crypto.verify': async (text, bytes, signal) => {
        const args = new Arguments(text, bytes);
        const { algorithm, data, key } = signing(args, keys);
        const signature = args.bytes(5);
        const isRight = await gate.run(signal, () =>
          withNodeLater<boolean>((done) => verify(algorithm, data, key, signature, done)),
        );
        return isRight ? '1' : '0';
      },
    },
    close: () => running.closeAll(),
  };
}

function signing(
  args: Arguments,
  keys: ParsedKeys,
): { algorithm: string | null; data: Uint8Array; key: KeyWithOptions } {
  const algorithm = args.has(0) ? args.string(0) : null;
  const data = checkedData(args.bytes(1));
  const key = { ...keyOptions(args.record(4)), key: keys.read(args, 2) } as KeyWithOptions;
  return { algorithm, data, key };
}

function checkedData(data: Uint8Array): Uint8Array {
  if (data.byteLength <= mostBytes) return data;
  throw new ServiceError('ERR_OUT_OF_RANGE', `At most ${mostBytes} bytes at a time`, {
    name: 'RangeError',
  });
}

function refuseSlow(key: KeyObject, what: string, instead: string): void {
  if ((key.asymmetricKeyType as string).startsWith('slh-dsa')) throw tooDear(what, instead);
}

function keyOptions(record: Record<string, unknown>): object {
  const { padding, saltLength, dsaEncoding, context } = record;
  return {
    ...(typeof padding === 'number' && { padding }),
    ...(typeof saltLength === 'number' && { saltLength }),
    ...(typeof dsaEncoding === 'string' && { dsaEncoding }),
    ...(context instanceof Uint8Array && { context }),
  };
}

function rsaOptions(record: Record<string, unknown>): object {
  const { padding, oaepHash, oaepLabel } = record;
  return {
    ...(typeof padding === 'number' && { padding }),
    ...(typeof oaepHash === 'string' && { oaepHash }),
    ...(oaepLabel instanceof Uint8Array && { oaepLabel }),
  };
}

const rsaActions = { publicEncrypt, publicDecrypt, privateEncrypt, privateDecrypt };
const rsaNames = ['publicEncrypt', 'publicDecrypt', 'privateEncrypt', 'privateDecrypt'] as const;

/** Node has key encapsulation from version 24.7. */
interface Kem {
  encapsulate(key: KeyObject): { sharedKey: Uint8Array; ciphertext: Uint8Array };
  decapsulate(key: KeyObject, ciphertext: Uint8Array): Uint8Array;
}

function kem(): Kem {
  const { encapsulate, decapsulate } = crypto as Partial<Kem>;
  if (encapsulate !== undefined && decapsulate !== undefined) return { encapsulate, decapsulate };
  throw new ServiceError(
    'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
    'Key encapsulation is not supported by the Node.js of this host',
  );
}
