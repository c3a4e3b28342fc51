import { readFileSync } from 'node:fs';
import type { OrderEvent } from '../handlers/respond.ts';

/** An event as AWS sends it, from `events/`. */
export function readEvent(name: string): OrderEvent {
  const text = readFileSync(new URL(`../events/${name}.json`, import.meta.url), 'utf8');
  return JSON.parse(text) as OrderEvent;
}
