import { limits } from '../core/limits.ts';
import { checkInteger, checkKnownKeys, checkString } from '../core/options.ts';

export interface EventBusOptions {
  /** Targets that a rule may have, 1 to 100. @default 5 */
  readonly maxTargetsPerRule?: number;
  /** Characters of a rule's pattern, 1 to 4_096. @default 2_048 */
  readonly maxPatternLength?: number;
}

const namePattern = /^[\w./-]+$/;

export function resolveEventBusOptions(options: EventBusOptions): Required<EventBusOptions> {
  checkKnownKeys('options', options, ['maxTargetsPerRule', 'maxPatternLength']);
  const { targets, patternLength } = limits.eventBus;
  const resolved = {
    maxTargetsPerRule: options.maxTargetsPerRule ?? targets.default,
    maxPatternLength: options.maxPatternLength ?? patternLength.default,
  };
  checkInteger('maxTargetsPerRule', resolved.maxTargetsPerRule, targets);
  checkInteger('maxPatternLength', resolved.maxPatternLength, patternLength);
  return Object.freeze(resolved);
}

export function checkEventBusName(name: unknown): asserts name is string {
  checkName(name, limits.eventBus.nameLength, namePattern, ', "/"');
}

export function checkArchiveName(name: unknown): asserts name is string {
  checkName(name, limits.eventBus.archiveNameLength, /^[\w.-]+$/);
}

export function checkRuleName(name: unknown): asserts name is string {
  checkName(name, limits.eventBus.ruleNameLength, /^[\w.-]+$/);
}

export function checkReplayName(name: unknown): asserts name is string {
  checkName(name, limits.eventBus.replayNameLength, /^[\w.-]+$/);
}

export function checkDescription(description: unknown): asserts description is string {
  const { descriptionLength } = limits.eventBus;
  const says = `a text of at most ${descriptionLength} characters`;
  checkString('description', description, { maxLength: descriptionLength, says });
}

function checkName(name: unknown, maxLength: number, pattern: RegExp, more = ''): void {
  const says = `1 to ${maxLength} letters, digits, ".", "-"${more} and "_"`;
  checkString('name', name, { maxLength, pattern, says });
}
