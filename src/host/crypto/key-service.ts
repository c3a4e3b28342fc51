import type { KeyObject } from 'node:crypto';
import { Arguments, packAnswer } from '../packed.ts';
import type { Service } from '../service.ts';
import { createPublicKey, randomBytes } from 'node:crypto';
import { withNode } from '../node-error.ts';
import { encodingOf, exported, keyAnswer, parseKey, type ParsedKeys } from './keys.ts';

/** Reading and writing keys; what crosses is their material (`keys.ts`). */
export function keyReading(keys: ParsedKeys): Service {
  return {
    calls: {
      'crypto.parseKey': (text, bytes) => keyAnswer(parseKey(new Arguments(text, bytes))),
      /** `[key letter, key]`: the public key of a private one. */
      'crypto.publicKey': (text, bytes) => {
        const key = keys.read(new Arguments(text, bytes), 0);
        return keyAnswer(withNode(() => createPublicKey(key as KeyObject & string)));
      },
      /** `[key letter, key, encoding]` */
      'crypto.exportKey': (text, bytes) => {
        const args = new Arguments(text, bytes);
        return packAnswer([exported(keys.read(args, 0), encodingOf(args.record(2)))]);
      },
      /** `[key letter, key, other letter, other key]` */
      'crypto.equalKeys': (text, bytes) => {
        const args = new Arguments(text, bytes);
        const [key, other] = [keys.read(args, 0), keys.read(args, 2)];
        const isEqual = withNode(() => key.equals(other));
        if (!isEqual) clearErrors();
        return isEqual ? '1' : '0';
      },
    },
  };
}

/**
 * Comparing keys of two types leaves an error of OpenSSL's behind (Node 24), which whoever reads a locked key next,
 * another guest or the host, would be thrown. Drawing random bytes takes it away.
 */
function clearErrors(): void {
  randomBytes(1);
}
