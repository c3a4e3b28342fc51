import { InvalidOptionError } from '../core/errors.ts';
import { checkBoolean, checkInteger } from '../core/options.ts';
import { anyCount, checkText, readDocument, writeDocument } from '../functions/state-document.ts';
import type { StateDocument } from '../storage/state-store.ts';
import { resolveWhen, type KeptWhen, type ScheduleWhen, type Timing } from './schedule-options.ts';

/** Documents of schedules begin so in the state store. */
export const schedulePrefix = 'schedule/';

/** All that makes a schedule. */
export interface ScheduleDefinition {
  readonly name: string;
  /** ARN of the function, version or alias. */
  readonly target: string;
  readonly when: KeptWhen;
  /** JSON of what is sent; `undefined` for AWS's scheduled event. */
  readonly eventJson: string | undefined;
  /** Epoch milliseconds; periods count from there. */
  readonly createdMs: number;
  readonly isPaused: boolean;
}

export function scheduleKey(name: string): string {
  return `${schedulePrefix}${name}`;
}

export function scheduleDocument(definition: ScheduleDefinition): StateDocument {
  return writeDocument(scheduleKey(definition.name), definition);
}

/** @throws StateError when the document is not what `scheduleDocument` wrote */
export function readSchedule(document: StateDocument): {
  readonly definition: ScheduleDefinition;
  readonly timing: Timing;
} {
  return readDocument(document, (content) => {
    const { name, target, when, eventJson, createdMs, isPaused } = content;
    checkText('name', name);
    checkText('target', target);
    checkInteger('createdMs', createdMs, anyCount);
    checkBoolean('isPaused', isPaused);
    checkJson(eventJson);
    const { timing } = resolveWhen(when as ScheduleWhen);
    return {
      definition: { name, target, when: timing.kept, eventJson, createdMs, isPaused },
      timing,
    };
  });
}

function checkJson(json: unknown): asserts json is string | undefined {
  if (json === undefined) return;
  if (typeof json !== 'string') throw new InvalidOptionError('eventJson', 'a text', json);
  JSON.parse(json);
}
