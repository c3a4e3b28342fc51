import { RuleDeliveries } from '../brokers/rule-delivery.ts';
import type { UndeliveredMessage } from '../brokers/broker-context.ts';
import type { Home } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import { ClosedError, ConflictError, InvalidOptionError } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import { limits } from '../core/limits.ts';
import type { Random } from '../core/random.ts';
import type { StateChanges, StateStore } from '../storage/state-store.ts';
import { refused } from './schedule-cron.ts';
import { resolveWhen, type ScheduleWhen, type Timing } from './schedule-options.ts';
import {
  readSchedule,
  scheduleDocument,
  scheduleKey,
  schedulePrefix,
  type ScheduleDefinition,
} from './schedule-state.ts';
import { Schedule } from './schedule.ts';

/** A function, version or alias, or a name or ARN of one. */
export type ScheduleTarget = string | { readonly arn: string };

export interface SchedulesOptions {
  readonly home: Home;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  /** Keeps schedules that have a name. @default schedules live as long as the process */
  readonly state: StateStore | undefined;
  /** The ARN of a target. Throws when there is none, or none that takes events. */
  readonly checkTarget: (reference: string) => string;
  readonly send: (targetArn: string, event: unknown) => Promise<unknown>;
  readonly onUndelivered: (message: UndeliveredMessage) => void;
}

/** As EventBridge: 24 hours and 185 attempts until an event is accepted; then it is the function's road. */
const policy = {
  maxRetries: limits.eventBus.maxRetries.default,
  maxEventAgeMs: limits.eventBus.maxEventAgeMs.default,
};

/** The schedules of one `Lambda`. */
export class Schedules {
  readonly #options: SchedulesOptions;
  readonly #deliveries: RuleDeliveries;
  /** In the order of creation. */
  readonly #all = new Map<string, Schedule>();
  readonly #kept = new Set<string>();
  readonly #writing = new Set<Promise<void>>();
  #isStopped = false;

  constructor(options: SchedulesOptions) {
    const { clock, random, onUndelivered } = options;
    this.#options = options;
    this.#deliveries = new RuleDeliveries({ clock, random, onUndelivered });
  }

  /**
   * Asking for one that is there, with the same name and the same everything, gives it.
   * @throws {ConflictError} when one of that name is another
   */
  create(target: ScheduleTarget, when: ScheduleWhen, event: unknown): Schedule {
    if (this.#isStopped) throw new ClosedError();
    const { name, timing } = resolveWhen(when);
    const { clock, ids, checkTarget } = this.#options;
    const reference = typeof target === 'object' && target !== null ? target.arn : target;
    const definition: ScheduleDefinition = {
      name: name ?? `schedule-${ids.hex32().slice(0, 12)}`,
      target: checkTarget(reference),
      when: timing.kept,
      eventJson: event === undefined ? undefined : jsonOf(event),
      createdMs: clock.now(),
      isPaused: false,
    };
    const existing = name === undefined ? undefined : this.#all.get(name);
    if (existing !== undefined) {
      if (isSame(existing.definition, definition)) return existing;
      throw new ConflictError(`There is a schedule "${name}" already, and it is another one`);
    }
    const nextMs = timing.next(definition.createdMs, definition.createdMs);
    if (nextMs === undefined || nextMs < definition.createdMs) {
      throw refused('a time that is still to come', timing.kept);
    }
    if (name !== undefined && this.#options.state !== undefined) {
      this.#kept.add(name);
      this.#write(name, { put: [scheduleDocument(definition)] });
    }
    return this.#start(definition, timing);
  }

  find(name: string): Schedule | undefined {
    return this.#all.get(name);
  }

  list(): Schedule[] {
    return [...this.#all.values()];
  }

  /** Goes on with what the storage has. */
  async restore(): Promise<void> {
    const documents = (await this.#options.state?.list(schedulePrefix)) ?? [];
    for (const { definition, timing } of documents.map(readSchedule)) {
      this.#kept.add(definition.name);
      this.#start(definition, timing);
    }
  }

  /** Runs nothing more; events that no function has accepted yet are reported. */
  stop(): void {
    this.#isStopped = true;
    for (const schedule of this.#all.values()) schedule.stop();
    this.#deliveries.close();
  }

  /** Resolves when changes on their way are kept. */
  async close(): Promise<void> {
    await Promise.all(this.#writing);
  }

  #start(definition: ScheduleDefinition, timing: Timing): Schedule {
    const { partition, region, accountId } = this.#options.home;
    const schedule = new Schedule({
      clock: this.#options.clock,
      definition,
      timing,
      arn: `arn:${partition}:events:${region}:${accountId}:rule/${definition.name}`,
      run: (due, dueMs) => this.#run(due, dueMs),
      onChange: (changed) => {
        if (this.#kept.has(changed.name)) {
          this.#write(changed.name, { put: [scheduleDocument(changed.definition)] });
        }
      },
      onEnd: ({ name }) => this.#ended(name),
    });
    // An expression whose last time has passed since it was kept is at its end already.
    if (schedule.next !== undefined || schedule.isPaused) this.#all.set(definition.name, schedule);
    return schedule;
  }

  #ended(name: string): void {
    // What ends with the process is there again in the next one.
    if (this.#isStopped) return;
    this.#all.delete(name);
    if (this.#kept.delete(name)) this.#write(name, { delete: [scheduleKey(name)] });
  }

  /** Never rejects. */
  #run({ name, arn, target, definition }: Schedule, dueMs: number): Promise<void> {
    const { eventJson = JSON.stringify(this.#scheduledEvent(arn, dueMs)) } = definition;
    return this.#deliveries.deliver({
      eventJson,
      acceptedMs: this.#options.clock.now(),
      traceHeader: undefined,
      ruleArn: arn,
      to: target,
      label: `schedule "${name}"`,
      attempt: () => this.#options.send(target, JSON.parse(eventJson)),
      policy,
      deadLetterQueue: undefined,
    });
  }

  /** https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html */
  #scheduledEvent(arn: string, dueMs: number): object {
    const { home, ids } = this.#options;
    return {
      version: '0',
      id: ids.uuid(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: home.accountId,
      time: `${new Date(dueMs).toISOString().slice(0, 19)}Z`,
      region: home.region,
      resources: [arn],
      detail: {},
    };
  }

  #write(name: string, changes: StateChanges): void {
    const { state } = this.#options;
    if (state === undefined) return;
    const writing = state
      .write(changes)
      .catch((error: unknown) => {
        const problem = error instanceof Error ? error.message : String(error);
        process.emitWarning(
          `The schedule "${name}" will not be as it is now after a restart: ${problem}`,
          { type: 'IsolambdaStorage' },
        );
      })
      .then(() => void this.#writing.delete(writing));
    this.#writing.add(writing);
  }
}

/** Besides when they were made, and whether they are paused. */
function isSame(a: ScheduleDefinition, b: ScheduleDefinition): boolean {
  const plain = ({ target, when, eventJson }: ScheduleDefinition): string =>
    JSON.stringify([target, when, eventJson]);
  return plain(a) === plain(b);
}

function jsonOf(event: unknown): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(event);
  } catch {
    json = undefined;
  }
  if (json !== undefined) return json;
  throw new InvalidOptionError('event', 'a value that JSON can express', event);
}
