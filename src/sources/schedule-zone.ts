import { InvalidOptionError } from '../core/errors.ts';

/** What clocks on the wall show somewhere. Their time is written as if it were UTC. */
export interface Zone {
  readonly name: string;
  /** What they show at an instant; both in epoch milliseconds, whole seconds. */
  wallOf(instantMs: number): number;
  /** The first instant at which they show that; `undefined` when they skip it in spring. */
  instantOf(wallMs: number): number | undefined;
}

/** Clocks that are never put forward or back. */
export const utc: Zone = {
  name: 'UTC',
  wallOf: (instantMs) => instantMs,
  instantOf: (wallMs) => wallMs,
};

const dayMs = 86_400_000;

/** @throws InvalidOptionError when there is no time zone of that name */
export function zoneOf(name: string): Zone {
  if (name === 'UTC') return utc;
  const format = formatOf(name);
  const wallOf = (instantMs: number): number => {
    const parts = Object.fromEntries(
      format.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 1, day, hour, minute, second } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
  return {
    name,
    wallOf,
    instantOf: (wallMs) => {
      // Clocks are not put twice within two days: one of these offsets holds, both where an hour comes twice.
      const offsets = [wallMs - dayMs, wallMs + dayMs].map((near) => wallOf(near) - near);
      const instants = offsets
        .map((offset) => wallMs - offset)
        .filter((at) => wallOf(at) === wallMs);
      return instants.length === 0 ? undefined : Math.min(...instants);
    },
  };
}

function formatOf(name: unknown): Intl.DateTimeFormat {
  const rule = 'the name of a time zone, such as "Europe/Berlin"';
  if (typeof name !== 'string') throw new InvalidOptionError('timeZone', rule, name);
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw new InvalidOptionError('timeZone', rule, name);
  }
}
