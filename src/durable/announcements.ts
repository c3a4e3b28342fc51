import type { Clock } from '../core/clock.ts';
import { ClosedError } from '../core/errors.ts';
import type { Events, ExecutionEventFacts } from '../core/events.ts';
import type { Execution, ExecutionFacts } from './execution.ts';
import type { Ledger } from './ledger.ts';
import type { DurableError } from './operation.ts';

export interface AnnouncementsOptions {
  readonly clock: Clock;
  readonly events: Events;
  readonly ledger: Ledger;
  /** ARN of the dead-letter target of a function. */
  deadLetterOf(functionName: string): string | undefined;
  /** Hands over the event of an execution that failed; resolves when it was taken, or given up with a word. */
  sendLetter(facts: ExecutionFacts, input: string, error: DurableError | undefined): Promise<void>;
}

/** Tells the rest of what becomes of executions. */
export class Announcements {
  readonly #options: AnnouncementsOptions;
  /** Ends that were told in this process, and letters that are on their way. */
  readonly #told = new WeakSet<Execution>();
  readonly #sending = new WeakSet<Execution>();

  constructor(options: AnnouncementsOptions) {
    this.#options = options;
  }

  started(execution: Execution): void {
    this.#options.events.emit({ type: 'execution.started', ...this.#about(execution) });
  }

  /** Once, however often it is called; a letter that is owed is sent. */
  ended(execution: Execution): void {
    if (!this.#told.has(execution)) {
      this.#told.add(execution);
      this.#tellEnd(execution);
    }
    if (!execution.head.owesLetter || this.#sending.has(execution)) return;
    this.#sending.add(execution);
    this.#sendLetter(execution).catch(warn);
  }

  /** Its end was told by the process before. */
  restored(execution: Execution): void {
    if (!execution.isRunning) this.#told.add(execution);
  }

  abandoned(execution: Execution): void {
    this.#options.events.emit({ type: 'execution.abandoned', ...this.#about(execution) });
  }

  /** Whether somebody gets the event of the execution if it fails: events have dead letters, calls do not. */
  owesLetter({ facts }: Execution): boolean {
    if (facts.isSync || facts.parent !== undefined) return false;
    return this.#options.deadLetterOf(facts.functionName) !== undefined;
  }

  #tellEnd(execution: Execution): void {
    const { facts, head } = execution;
    const about = this.#about(execution);
    if (head.status === 'RUNNING') return;
    const durationMs = (head.endedMs ?? about.at) - facts.startedMs;
    const { status } = head;
    this.#options.events.emit({ type: 'execution.ended', ...about, status, durationMs });
  }

  async #sendLetter(execution: Execution): Promise<void> {
    const { facts, head, input } = execution;
    await this.#options.sendLetter(facts, input, head.error);
    await this.#options.ledger.change(execution, () => ({ head: { owesLetter: false } }));
  }

  #about({ facts }: Execution): ExecutionEventFacts {
    const { functionName, name: executionName, arn } = facts;
    return { at: this.#options.clock.now(), functionName, executionName, executionArn: arn };
  }
}

/** Nobody waits for it: the storage failed, and what was kept before still holds. */
export function warn(error: unknown): void {
  // The next process goes on from what was kept.
  if (error instanceof ClosedError) return;
  process.emitWarning(error instanceof Error ? error : String(error));
}
