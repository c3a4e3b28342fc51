import { constants } from './constants.ts';

/** The order of the host's answer. */
const fields = [
  'dev',
  'mode',
  'nlink',
  'uid',
  'gid',
  'rdev',
  'blksize',
  'ino',
  'size',
  'blocks',
  'atimeMs',
  'mtimeMs',
  'ctimeMs',
  'birthtimeMs',
] as const;

const times = ['atime', 'mtime', 'ctime', 'birthtime'] as const;

abstract class StatsBase {
  declare readonly mode: number | bigint;

  isDirectory(): boolean {
    return this.#is('S_IFDIR');
  }

  isFile(): boolean {
    return this.#is('S_IFREG');
  }

  isBlockDevice(): boolean {
    return this.#is('S_IFBLK');
  }

  isCharacterDevice(): boolean {
    return this.#is('S_IFCHR');
  }

  isSymbolicLink(): boolean {
    return this.#is('S_IFLNK');
  }

  isFIFO(): boolean {
    return this.#is('S_IFIFO');
  }

  isSocket(): boolean {
    return this.#is('S_IFSOCK');
  }

  #is(type: string): boolean {
    return (Number(this.mode) & (constants['S_IFMT'] ?? 0)) === constants[type];
  }
}

/** `fs.Stats`. */
export class Stats extends StatsBase {
  constructor(...values: readonly (number | undefined)[]) {
    super();
    fields.forEach((field, index) => Object.assign(this, { [field]: values[index] }));
  }
}

/** `fs.BigIntStats`, with nanoseconds. */
export class BigIntStats extends StatsBase {
  constructor(values: readonly number[]) {
    super();
    fields.forEach((field, index) => {
      Object.assign(this, { [field]: BigInt(Math.floor(values[index] ?? 0)) });
    });
    times.forEach((time, index) => {
      const ms = values[fields.length - times.length + index] ?? 0;
      const whole = Math.floor(ms);
      const nanoseconds = BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6));
      Object.assign(this, { [`${time}Ns`]: nanoseconds });
    });
  }
}

for (const { prototype } of [Stats, BigIntStats]) {
  for (const time of times) {
    Object.defineProperty(prototype, time, {
      get(this: Record<string, number | bigint>) {
        const value = new Date(Math.round(Number(this[`${time}Ms`])));
        Object.defineProperty(this, time, {
          value,
          writable: true,
          enumerable: true,
          configurable: true,
        });
        return value;
      },
      set(this: object, value: unknown) {
        Object.defineProperty(this, time, {
          value,
          writable: true,
          enumerable: true,
          configurable: true,
        });
      },
      enumerable: true,
      configurable: true,
    });
  }
}

/** Reads the host's answer. */
export function toStats(json: string, isBigInt: unknown): Stats | BigIntStats {
  const numbers = JSON.parse(json) as number[];
  return isBigInt === true ? new BigIntStats(numbers) : new Stats(...numbers);
}

const volumeFields = [
  'type',
  'bsize',
  'frsize',
  'blocks',
  'bfree',
  'bavail',
  'files',
  'ffree',
] as const;

/** What `statfs` gives. */
export class StatFs {
  readonly [field: string]: number | bigint;

  constructor(json: string, isBigInt: unknown) {
    const numbers = JSON.parse(json) as number[];
    const fieldsOfVolume = volumeFields.map((field, index) => {
      const value = numbers[index] ?? 0;
      return [field, isBigInt === true ? BigInt(value) : value] as const;
    });
    Object.assign(this, Object.fromEntries(fieldsOfVolume));
  }
}
