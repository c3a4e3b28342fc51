import {
  ECDH,
  createDiffieHellman,
  createECDH,
  diffieHellman,
  getCurves,
  getDiffieHellman,
  type DiffieHellman,
  type DiffieHellmanGroup,
} from 'node:crypto';
import { Handles } from '../handles.ts';
import { tooDear, withNode } from '../node-error.ts';
import { Arguments, packAnswer } from '../packed.ts';
import { ServiceError, type Service } from '../service.ts';
import type { ParsedKeys } from './keys.ts';

const runningExchanges = 200;
/** Bits of a prime that OpenSSL tests when it is handed over; 2,048 take a second. */
const longestOwnPrime = 1_024;
/** Bits of a safe prime that may be searched for while the guest waits. */
const longestNewPrime = 256;
const groupNames = ['modp5', 'modp14', 'modp15', 'modp16', 'modp17', 'modp18'];

type Exchange = DiffieHellman | DiffieHellmanGroup;

/** Key agreement. ECDH keeps nothing here: the guest brings its private key along. */
export function agreements(keys: ParsedKeys): Service {
  const running = new Handles<Exchange>('key exchange', { count: runningExchanges, bytes: 0 });
  const exchange = (args: Arguments): Exchange =>
    running.get(`${args.integer(0, 1, Number.MAX_SAFE_INTEGER)}`);
  return {
    calls: {
      'crypto.curves': () => JSON.stringify(getCurves()),
      /** `[private key letter, private key, public key letter, public key]` */
      'crypto.diffieHellman': (text, bytes) => {
        const args = new Arguments(text, bytes);
        const [privateKey, publicKey] = [keys.read(args, 0), keys.read(args, 2)];
        return withNode(() => diffieHellman({ privateKey, publicKey }));
      },
      /** `[curve]` gives `[private key, public key]`. */
      'crypto.ecdhGenerate': (text, bytes) => {
        const ecdh = curve(new Arguments(text, bytes));
        withNode(() => ecdh.generateKeys());
        return packAnswer([ecdh.getPrivateKey(), ecdh.getPublicKey()]);
      },
      /** `[curve, private key]` gives the public key. */
      'crypto.ecdhPublic': (text, bytes) => {
        const args = new Arguments(text, bytes);
        const ecdh = curve(args);
        withNode(() => ecdh.setPrivateKey(args.bytes(1)));
        return withNode(() => ecdh.getPublicKey());
      },
      /** `[curve, private key, other public key]` */
      'crypto.ecdhCompute': (text, bytes) => {
        const args = new Arguments(text, bytes);
        const ecdh = curve(args);
        withNode(() => ecdh.setPrivateKey(args.bytes(1)));
        return withNode(() => ecdh.computeSecret(args.bytes(2)));
      },
      /** `[curve, public key, format]` */
      'crypto.ecdhConvert': (text, bytes) => {
        const args = new Arguments(text, bytes);
        const format = args.oneOf(2, ['uncompressed', 'compressed', 'hybrid']);
        const key = args.bytes(1);
        return withNode(
          () => ECDH.convertKey(key, args.string(0), undefined, 'hex', format) as string,
        );
      },
      /** `[group name]` */
      'crypto.dhGroup': (text, bytes) => {
        const name = new Arguments(text, bytes).string(0);
        return opened(
          running,
          withNode(() => getDiffieHellman(name)),
        );
      },
      /** `[prime or length, generator as bytes]` */
      'crypto.dhOpen': (text, bytes) => opened(running, open(new Arguments(text, bytes))),
      'crypto.dhGenerate': (text, bytes) => {
        const key = withNode(() => exchange(new Arguments(text, bytes)).generateKeys());
        return key;
      },
      'crypto.dhCompute': (text, bytes) => {
        const args = new Arguments(text, bytes);
        return withNode(() => exchange(args).computeSecret(args.bytes(1)));
      },
      /** `[id, name of the getter]` */
      'crypto.dhGet': (text, bytes) => {
        const args = new Arguments(text, bytes);
        const getter = args.oneOf(1, ['getPrime', 'getGenerator', 'getPublicKey', 'getPrivateKey']);
        return withNode(() => exchange(args)[getter]());
      },
      /** `[id, name of the setter, key]` */
      'crypto.dhSet': (text, bytes) => {
        const args = new Arguments(text, bytes);
        const setter = args.oneOf(1, ['setPublicKey', 'setPrivateKey']);
        const target = exchange(args);
        if (!(setter in target)) {
          throw new ServiceError(
            'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
            `${setter}() is not available with the prime of a well-known group`,
          );
        }
        withNode(() => (target as DiffieHellman)[setter](args.bytes(2)));
        return undefined;
      },
    },
    close: () => running.closeAll(),
  };
}

function curve(args: Arguments): ECDH {
  const name = args.string(0);
  return withNode(() => createECDH(name));
}

function opened(running: Handles<Exchange>, exchange: Exchange): string {
  return `${running.add(exchange)} ${exchange.verifyError}`;
}

function open(args: Arguments): Exchange {
  const generator = args.bytes(1);
  if (generator.byteLength > longestOwnPrime / 8) throw primeTooLong('generator');
  if (!isLength(args)) {
    const prime = args.bytes(0);
    const group = generator.length === 1 && generator[0] === 2 ? groupOf(prime) : undefined;
    if (group !== undefined) return withNode(() => getDiffieHellman(group));
    if (prime.byteLength > longestOwnPrime / 8) throw primeTooLong('prime');
    return withNode(() => createDiffieHellman(prime, generator));
  }
  const length = args.integer(0, -(2 ** 31), 2 ** 31);
  if (length > longestNewPrime) {
    throw tooDear(
      `Searching for a safe prime of ${length} bits`,
      "crypto.getDiffieHellman('modp14') or crypto.generateKeyPair('dh')",
    );
  }
  return withNode(() => createDiffieHellman(length, generator as Uint8Array & number));
}

function isLength(args: Arguments): boolean {
  try {
    args.bytes(0);
    return false;
  } catch {
    return true;
  }
}

/** The well-known group with this prime: OpenSSL need not test it. */
function groupOf(prime: Uint8Array): string | undefined {
  const bits = prime.byteLength * 8;
  if (bits < 1_536 || bits > 8_192) return undefined;
  return groupNames.find((name) => getDiffieHellman(name).getPrime().equals(prime));
}

function primeTooLong(name: string): ServiceError {
  return new ServiceError(
    'ERR_OUT_OF_RANGE',
    `A ${name} that is not of a well-known group may have at most ${longestOwnPrime} bits`,
    { name: 'RangeError' },
  );
}
