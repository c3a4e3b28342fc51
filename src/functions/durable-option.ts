import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkInteger, checkKnownKeys } from '../core/options.ts';
import { AwsRuleError } from './aws-rule-error.ts';

/**
 * How long executions of a durable function may take and how long they are remembered.
 * https://docs.aws.amazon.com/lambda/latest/api/API_DurableConfig.html
 */
export interface DurableOptions {
  /** Milliseconds from the start of an execution to its end, 1,000 to 31,622,400,000 (366 days). */
  readonly executionTimeoutMs: number;
  /**
   * Days for which an execution that ended and its history are kept, 1 to 90.
   * @default 14
   */
  readonly retentionDays?: number;
}

export type DurableConfig = Readonly<Required<DurableOptions>>;

const keys = Object.keys({
  executionTimeoutMs: true,
  retentionDays: true,
} satisfies Record<keyof DurableOptions, true>);

export function resolveDurable(durable: DurableOptions | null): DurableConfig | null {
  if (durable === null) return null;
  checkKnownKeys('durable', durable, keys);
  const { executionTimeoutMs, retentionDays = limits.durable.retentionDays.default } = durable;
  if (executionTimeoutMs === undefined) {
    throw new AwsRuleError(
      'durable.executionTimeoutMs',
      'given',
      executionTimeoutMs,
      'You cannot create a function with a durable configuration without an executionTimeout',
    );
  }
  checkInteger('durable.executionTimeoutMs', executionTimeoutMs, limits.durable.executionTimeoutMs);
  checkInteger('durable.retentionDays', retentionDays, limits.durable.retentionDays);
  return Object.freeze({ executionTimeoutMs, retentionDays });
}

/** The option after an update; what `next` leaves out stays. A function is durable from its creation on, or never. */
export function changeDurable(
  current: DurableConfig | null,
  next: Partial<DurableOptions> | null | undefined,
): DurableOptions | null {
  if (next === undefined) return current;
  if (next === null || current === null) {
    if (next === current) return null;
    throw new InvalidOptionError(
      'durable',
      current === null
        ? 'null, as the function was created'
        : 'an object, as the function was created',
      next,
      'A function cannot be made durable later, nor stop being so; create another function.',
    );
  }
  return { ...current, ...next };
}
