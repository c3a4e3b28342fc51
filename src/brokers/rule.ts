import { checkKnownKeys } from '../core/options.ts';
import { checkDescription } from './event-bus-options.ts';
import {
  addTarget,
  checkPattern,
  checkState,
  type RuleFrame,
  type RuleOptions,
  type RuleRecord,
  type RuleState,
  type RuleTargetOptions,
} from './rule-options.ts';
import type { RuleTarget } from './rule-receiver.ts';

/** What of a rule can change in one step. */
export type RuleChanges = Partial<Omit<RuleOptions, 'targets'>>;

/** A rule of a bus: events that satisfy its pattern go to its targets. `EventBus.createRule` makes it. */
export class Rule {
  readonly #record: RuleRecord;
  readonly #frame: RuleFrame;

  constructor(record: RuleRecord, frame: RuleFrame) {
    this.#record = record;
    this.#frame = frame;
  }

  get name(): string {
    return this.#record.name;
  }

  get arn(): string {
    return this.#record.arn;
  }

  /** A disabled rule matches nothing. */
  get state(): RuleState {
    return this.#record.state;
  }

  get description(): string {
    return this.#record.description;
  }

  /** The pattern as JSON. */
  get pattern(): string {
    return this.#record.pattern.json;
  }

  /** Ids of the targets, and their ARNs (`callback` for callbacks). */
  get targets(): readonly { readonly id: string; readonly arn: string }[] {
    return this.#record.targets.map(({ id, receiver }) => ({ id, arn: receiver.arn }));
  }

  enable(): void {
    this.#record.state = 'ENABLED';
  }

  disable(): void {
    this.#record.state = 'DISABLED';
  }

  /** Changes what is given, all of it or nothing. @throws InvalidEventPatternError */
  update(changes: RuleChanges): void {
    checkKnownKeys('changes', changes, ['pattern', 'state', 'description']);
    const { pattern, state, description } = changes;
    const record = this.#record;
    if (description !== undefined) checkDescription(description);
    const next = {
      pattern: pattern === undefined ? record.pattern : checkPattern(pattern, this.#frame),
      state: state === undefined ? record.state : checkState(state),
      description: description ?? record.description,
    };
    Object.assign(record, next);
  }

  /**
   * Adds a target, or replaces the one of the same id.
   * @returns its id
   * @throws BrokerError `LimitExceededException` when the rule has as many as it can
   */
  addTarget(target: RuleTarget | RuleTargetOptions): string {
    return addTarget(this.#record, target, this.#frame).id;
  }

  /** False when there is no target by that id. */
  removeTarget(id: string): boolean {
    const { targets } = this.#record;
    this.#record.targets = targets.filter((target) => target.id !== id);
    return this.#record.targets.length < targets.length;
  }
}
