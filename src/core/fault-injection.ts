import { InvalidOptionError } from './errors.ts';
import { checkInteger, checkKnownKeys } from './options.ts';
import type { Random } from './random.ts';

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

export interface FaultInjection {
  /** Milliseconds to delay by; 0 mostly. */
  delayMs(): number;
  /** Milliseconds after which it comes once more; `undefined` mostly. */
  duplicateAfterMs(): number | undefined;
  fails(): boolean;
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
  random: Random,
): FaultInjection | undefined {
  if (options === undefined) return undefined;
  checkKnownKeys('faultInjection', options, keys);
  const { duplicateRate = 0, delayRate = 0, maxDelayMs = 10_000, failureRate = 0 } = options;
  checkRate('duplicateRate', duplicateRate);
  checkRate('delayRate', delayRate);
  checkRate('failureRate', failureRate);
  checkInteger('faultInjection.maxDelayMs', maxDelayMs, { min: 1, max: 900_000 });
  const someMs = (): number => 1 + Math.floor(random() * maxDelayMs);
  return Object.freeze({
    delayMs: () => (random() < delayRate ? someMs() : 0),
    duplicateAfterMs: () => (random() < duplicateRate ? someMs() : undefined),
    fails: () => random() < failureRate,
  });
}

function checkRate(name: keyof FaultInjectionOptions, value: unknown): void {
  if (typeof value === 'number' && value >= 0 && value <= 1) return;
  throw new InvalidOptionError(`faultInjection.${name}`, 'a number from 0 to 1', value);
}
