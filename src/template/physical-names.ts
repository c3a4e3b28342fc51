import { createHash } from 'node:crypto';

/** What names of a kind of resource look like. */
export interface NameRule {
  readonly maxLength: number;
  readonly lowerCase?: boolean;
  readonly suffix?: string;
}

/**
 * The name of a resource that has none in the template: its logical id, after the name of the stack if that was
 * given. AWS adds a random part; here a second deployment finds what the first one made.
 */
export function physicalName(
  stackName: string | undefined,
  logicalId: string,
  { maxLength, lowerCase = false, suffix = '' }: NameRule,
): string {
  const whole = stackName === undefined ? logicalId : `${stackName}-${logicalId}`;
  const cased = lowerCase ? whole.toLowerCase().padEnd(3, '0') : whole;
  const room = maxLength - suffix.length;
  if (cased.length <= room) return `${cased}${suffix}`;
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, 8);
  return `${cased.slice(0, room - hash.length - 1)}-${hash}${suffix}`;
}
