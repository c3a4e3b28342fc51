import { InvalidOptionError } from './errors.ts';
import { checkInteger, checkKnownKeys } from './options.ts';
import { seededRandom, type Random } from './random.ts';

/**
 * Trouble made on purpose, so that handlers can be tested against delivery at least once. Everything of it can
 * happen on AWS too. Rates are shares from 0 to 1; with the `Lambda`'s option `seed` the same trouble comes on
 * every run.
 */
export interface FaultInjectionOptions {
  /** Events and messages that come once more although they were dealt with. @default 0 */
  readonly duplicateRate?: number;
  /** Events and messages that come late. @default 0 */
  readonly delayRate?: number;
  /** A late one comes up to so many milliseconds late, and a duplicate so much after the first. @default 10_000 */
  readonly maxDelayMs?: number;
  /** Attempts at events that end in a fault of the system before the handler starts. @default 0 */
  readonly failureRate?: number;
}

/** What happens to which message follows from its id and the seed, not from the order of things. */
export interface FaultInjection {
  /** Milliseconds to delay a new message by; 0 mostly. */
  delayMs(id: string): number;
  /** Milliseconds after which a message comes once more that was dealt with for the `times`th time; `undefined` mostly. */
  duplicateAfterMs(id: string, times: number): number | undefined;
  /** Whether the attempt fails before the handler starts. */
  fails(id: string, attempt: number): boolean;
}

const keys = Object.keys({
  duplicateRate: true,
  delayRate: true,
  maxDelayMs: true,
  failureRate: true,
} satisfies Record<keyof FaultInjectionOptions, true>);

/** `undefined` when no trouble is asked for. */
export function resolveFaultInjection(
  options: FaultInjectionOptions | undefined,
  seed: number,
): FaultInjection | undefined {
  if (options === undefined) return undefined;
  checkKnownKeys('faultInjection', options, keys);
  const { duplicateRate = 0, delayRate = 0, maxDelayMs = 10_000, failureRate = 0 } = options;
  checkRate('duplicateRate', duplicateRate);
  checkRate('delayRate', delayRate);
  checkRate('failureRate', failureRate);
  checkInteger('faultInjection.maxDelayMs', maxDelayMs, { min: 1, max: 900_000 });
  const drawsFor = (what: string): Random => seededRandom(hash(`${what} ${seed}`));
  const someMs = (random: Random): number => 1 + Math.floor(random() * maxDelayMs);
  return Object.freeze({
    delayMs: (id: string) => {
      const random = drawsFor(`delay ${id}`);
      return random() < delayRate ? someMs(random) : 0;
    },
    duplicateAfterMs: (id: string, times: number) => {
      const random = drawsFor(`duplicate ${id} ${times}`);
      return random() < duplicateRate ? someMs(random) : undefined;
    },
    fails: (id: string, attempt: number) => drawsFor(`failure ${id} ${attempt}`)() < failureRate,
  });
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  return state >>> 0;
}

function checkRate(name: keyof FaultInjectionOptions, value: unknown): void {
  if (typeof value === 'number' && value >= 0 && value <= 1) return;
  throw new InvalidOptionError(`faultInjection.${name}`, 'a number from 0 to 1', value);
}
