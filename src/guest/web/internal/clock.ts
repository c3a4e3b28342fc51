import { DateNow } from '../../primordials.ts';

/**
 * When the first part that measures time was loaded, in milliseconds since 1970. The guest's clock ticks in
 * milliseconds, on purpose; it never goes backwards here.
 */
export const timeOriginMs = DateNow();

let latestMs = 0;

/** Milliseconds since `timeOriginMs`. */
export function elapsedMs(): number {
  latestMs = Math.max(latestMs, DateNow() - timeOriginMs);
  return latestMs;
}
