import { askHost } from '../../host.ts';
import { exactCopy } from './bytes.ts';
import { Utf8Decoder, textOfUnits } from './utf8.ts';

/** Decodes one stream of bytes; malformed ones become U+FFFD after `onError` had its say. */
export interface Decoder {
  /** Whether a byte order mark at the start is not part of the text. */
  readonly hasMark: boolean;
  /** Forgets what an earlier stream left. */
  reset(): void;
  decode(bytes: Uint8Array, isLast: boolean): string;
}

type OnError = (() => void) | undefined;

export function decoderFor(encoding: string, onError: OnError): Decoder {
  if (encoding === 'utf-8') return Object.assign(new Utf8Decoder(onError), { hasMark: true });
  if (encoding === 'utf-16le') return new Utf16Decoder(false, onError);
  if (encoding === 'utf-16be') return new Utf16Decoder(true, onError);
  return multiByte.has(encoding)
    ? new HostDecoder(encoding, onError)
    : new TableDecoder(encoding, onError);
}

class Utf16Decoder implements Decoder {
  readonly hasMark = true;
  readonly #isBigEndian: boolean;
  readonly #onError: OnError;
  /** Half a unit, or -1. */
  #byte = -1;
  /** The first half of a surrogate pair, or -1. */
  #lead = -1;

  constructor(isBigEndian: boolean, onError: OnError) {
    this.#isBigEndian = isBigEndian;
    this.#onError = onError;
  }

  reset(): void {
    this.#byte = -1;
    this.#lead = -1;
  }

  decode(bytes: Uint8Array, isLast: boolean): string {
    // Each unit gives one, and each lead that stays alone one more in the place of its own.
    const units = new Uint16Array((bytes.length >> 1) + 3);
    let filled = 0;
    const put = (unit: number): void => {
      units[filled] = unit;
      filled += 1;
    };
    for (const byte of bytes) {
      if (this.#byte < 0) {
        this.#byte = byte;
        continue;
      }
      const unit = this.#isBigEndian ? (this.#byte << 8) | byte : (byte << 8) | this.#byte;
      this.#byte = -1;
      this.#take(unit, put);
    }
    if (isLast) {
      if (this.#lead >= 0 || this.#byte >= 0) this.#malformed(put);
      this.reset();
    }
    return textOfUnits(units, filled);
  }

  #take(unit: number, put: (unit: number) => void): void {
    const isTrail = unit >= 0xdc00 && unit <= 0xdfff;
    if (this.#lead >= 0) {
      const lead = this.#lead;
      this.#lead = -1;
      if (isTrail) {
        put(lead);
        put(unit);
        return;
      }
      this.#malformed(put);
    }
    if (isTrail) this.#malformed(put);
    else if (unit >= 0xd800 && unit <= 0xdbff) this.#lead = unit;
    else put(unit);
  }

  #malformed(put: (unit: number) => void): void {
    this.#onError?.();
    put(0xfffd);
  }
}

/** An encoding of one byte a character: the host tells its 256 characters once. */
class TableDecoder implements Decoder {
  readonly hasMark = false;
  readonly #table: string;
  readonly #onError: OnError;

  constructor(encoding: string, onError: OnError) {
    this.#table = encoding === 'windows-1252' ? windows1252() : tableOf(encoding);
    this.#onError = onError;
  }

  reset(): void {}

  decode(bytes: Uint8Array): string {
    const units = new Uint16Array(bytes.length);
    for (let index = 0; index < bytes.length; index += 1) {
      const unit = this.#table.charCodeAt(bytes[index] ?? 0);
      if (unit === 0xfffd) this.#onError?.();
      units[index] = unit;
    }
    return textOfUnits(units);
  }
}

const tables = new Map<string, string>();

function tableOf(encoding: string): string {
  let table = tables.get(encoding);
  if (table === undefined) {
    const all = new Uint8Array(256).map((_, index) => index);
    table = decodeByHost(encoding, all, true);
    tables.set(encoding, table);
  }
  return table;
}

/** 0x80 to 0x9F, where windows-1252 is not Latin-1. */
const middleOf1252 =
  '\u20AC\x81\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\x8D\u017D\x8F' +
  '\x90\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\x9D\u017E\u0178';

function windows1252(): string {
  const latin1 = textOfUnits(new Uint16Array(256).map((_, index) => index));
  return latin1.slice(0, 0x80) + middleOf1252 + latin1.slice(0xa0);
}

/** Encodings in which a character takes several bytes, or the bytes before it matter. */
const multiByte: ReadonlySet<string> = new Set([
  'gbk',
  'gb18030',
  'big5',
  'euc-jp',
  'iso-2022-jp',
  'shift_jis',
  'euc-kr',
]);

/**
 * The host keeps no state for a guest: of a stream, all bytes so far go there again, and what is new of the
 * text is the answer. Rare enough for that to be all right.
 */
class HostDecoder implements Decoder {
  readonly hasMark = false;
  readonly #encoding: string;
  readonly #onError: OnError;
  #before: Uint8Array = new Uint8Array(0);
  #answered = 0;

  constructor(encoding: string, onError: OnError) {
    this.#encoding = encoding;
    this.#onError = onError;
  }

  reset(): void {
    this.#before = new Uint8Array(0);
    this.#answered = 0;
  }

  decode(bytes: Uint8Array, isLast: boolean): string {
    const all = new Uint8Array(this.#before.length + bytes.length);
    all.set(this.#before);
    all.set(bytes, this.#before.length);
    const text = decodeByHost(this.#encoding, all, isLast);
    const fresh = text.slice(this.#answered);
    if (this.#onError !== undefined && fresh.includes('\uFFFD')) this.#onError();
    if (isLast) {
      this.reset();
    } else {
      this.#before = all;
      this.#answered = text.length;
    }
    return fresh;
  }
}

function decodeByHost(encoding: string, bytes: Uint8Array, isLast: boolean): string {
  const answer = askHost('text.decode', `${encoding} ${isLast ? 1 : 0}`, exactCopy(bytes));
  return typeof answer === 'string' ? answer : '';
}
