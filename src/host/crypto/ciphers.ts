import {
  createCipheriv,
  createDecipheriv,
  getCipherInfo,
  getCiphers,
  type CipherGCM,
  type CipherGCMTypes,
  type DecipherGCM,
} from 'node:crypto';
import { Handles } from '../handles.ts';
import { withNode } from '../node-error.ts';
import { Arguments, packAnswer } from '../packed.ts';
import { ServiceError, type Service } from '../service.ts';
import type { ParsedKeys } from './keys.ts';

const runningCiphers = 1_000;
/** Bytes of one update: guests cut longer data up, so that nobody waits for long. */
const mostBytes = 4_194_304;

/** Bytes that the slow ones may take at a time: by the bit, by the byte, and key wrapping in six passes. */
const slowBytes: readonly (readonly [RegExp, number])[] = [
  [/cfb1$/i, 16_384],
  [/cfb8$|wrap/i, 262_144],
];

/** Every cipher may turn out to be one with authentication. */
type Cipher = CipherGCM | DecipherGCM;

/** A cipher under way. */
interface Running {
  cipher: Cipher;
  /** Bytes of one update. */
  readonly most: number;
  /**
   * The same anew for tags of that length, until data came. Node warns on the host's console of a short tag
   * whose length was not named before, and guests name none.
   */
  reopen: ((authTagLength: number) => Cipher) | undefined;
}

const usualTagLength = 16;

/** Symmetric ciphers: one handle from creation to `final`. */
export function ciphers(keys: ParsedKeys): Service {
  const running = new Handles<Running>('cipher', { count: runningCiphers, bytes: 0 });
  return {
    calls: {
      /** `[encrypts, algorithm, key letter, key, iv or null, { authTagLength }]` */
      'crypto.cipherOpen': (text, bytes) => {
        const args = new Arguments(text, bytes);
        return `${running.add(open(args, keys))}`;
      },
      'crypto.cipherUpdate': (id, bytes = new Uint8Array()) => {
        const entry = running.get(id);
        const { most } = entry;
        if (bytes.byteLength > most) {
          throw new ServiceError(
            'ERR_OUT_OF_RANGE',
            `This cipher takes at most ${most} bytes at a time`,
          );
        }
        entry.reopen = undefined;
        return withNode(() => entry.cipher.update(bytes));
      },
      /** The rest of the output, and the tag of an authenticated cipher. */
      'crypto.cipherFinal': (id) => {
        const { cipher } = running.get(id);
        running.close(Number(id));
        const rest = withNode(() => cipher.final());
        return packAnswer([rest, tagOf(cipher)]);
      },
      /** `[id, aad, plaintextLength or null]` */
      'crypto.cipherAad': (text, bytes) => {
        const args = new Arguments(text, bytes);
        const entry = running.get(`${args.integer(0, 1, Number.MAX_SAFE_INTEGER)}`);
        const options = args.has(2)
          ? { plaintextLength: args.integer(2, 0, 2 ** 31 - 1) }
          : undefined;
        const setAad = (cipher: Cipher): void => {
          withNode(() => cipher.setAAD(args.bytes(1), options as { plaintextLength: number }));
        };
        setAad(entry.cipher);
        const { reopen } = entry;
        if (reopen === undefined) return undefined;
        entry.reopen = (length) => {
          const cipher = reopen(length);
          setAad(cipher);
          return cipher;
        };
        return undefined;
      },
      'crypto.cipherTag': (id, tag = new Uint8Array()) => {
        const entry = running.get(id);
        if (entry.reopen !== undefined && tag.byteLength !== usualTagLength) {
          entry.cipher = entry.reopen(tag.byteLength);
        }
        entry.reopen = undefined;
        const { cipher } = entry;
        if (!('setAuthTag' in cipher)) throw new ServiceError('ERR_INVALID_STATE', 'No decipher');
        withNode(() => cipher.setAuthTag(tag));
        return undefined;
      },
      /** `<id> <0 or 1>` */
      'crypto.cipherPadding': (text) => {
        const [id = '', isOn] = text.split(' ');
        withNode(() => running.get(id).cipher.setAutoPadding(isOn === '1'));
        return undefined;
      },
      'crypto.ciphers': () => JSON.stringify(getCiphers()),
      /** `[name, { keyLength, ivLength }]` */
      'crypto.cipherInfo': (text, bytes) => {
        const args = new Arguments(text, bytes);
        const name =
          typeof args.record(0)['name'] === 'string'
            ? args.record(0)['name']
            : args.record(0)['nid'];
        const options = args.record(1) as { keyLength?: number; ivLength?: number };
        const info = withNode(() => getCipherInfo(name as string, { ...options }));
        return JSON.stringify(info ?? null);
      },
    },
    close: () => running.closeAll(),
  };
}

function open(args: Arguments, keys: ParsedKeys): Running {
  const encrypts = args.boolean(0);
  const algorithm = args.string(1) as CipherGCMTypes;
  const key = keys.read(args, 2);
  const iv = args.has(4) ? args.bytes(4) : null;
  const length = args.record(5)['authTagLength'];
  const make = (authTagLength: number | undefined): Cipher => {
    const options = (authTagLength === undefined ? {} : { authTagLength }) as {
      authTagLength: number;
    };
    return withNode(() =>
      encrypts
        ? createCipheriv(algorithm, key, iv as Uint8Array, options)
        : createDecipheriv(algorithm, key, iv as Uint8Array, options),
    );
  };
  const isOpen = !encrypts && typeof length !== 'number' && /gcm$/i.test(algorithm);
  const slow = slowBytes.find(([names]) => names.test(algorithm));
  return {
    most: slow?.[1] ?? mostBytes,
    cipher: make(typeof length === 'number' ? length : undefined),
    reopen: isOpen ? make : undefined,
  };
}

function tagOf(cipher: Cipher): Uint8Array | null {
  if (!('getAuthTag' in cipher)) return null;
  try {
    return cipher.getAuthTag();
  } catch {
    // Not an authenticated cipher: Node has no other way to ask.
    return null;
  }
}
