import type { Clock } from '../core/clock.ts';
import { Journal } from '../functions/journal.ts';
import type { StateStore } from '../storage/state-store.ts';
import type { Ending } from './checkpoint-plan.ts';
import { keysOf, documentsOf, factsDocument } from './execution-state.ts';
import type { Execution, ExecutionChange, ExecutionHead } from './execution.ts';
import { eventOf, type HistoryEventType } from './history-event.ts';
import type { Operation } from './operation.ts';

/**
 * Makes every change of an execution safe before anybody sees it, one after the other for each execution.
 */
export class Ledger {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #isKept: boolean;
  readonly #onChange: (execution: Execution) => void;

  /** `onChange` is called after each change that shows. */
  constructor(
    clock: Clock,
    state: StateStore | undefined,
    onChange: (execution: Execution) => void,
  ) {
    this.#journal = new Journal(state);
    this.#clock = clock;
    this.#isKept = state !== undefined;
    this.#onChange = onChange;
  }

  /** Keeps an execution that nobody knows yet. */
  async begin(execution: Execution, first: ExecutionChange): Promise<void> {
    await this.#commit(execution, () => first, true);
  }

  /**
   * `decide` sees the execution as the change before has left it; what it throws refuses the change, `undefined` says
   * that there is none. False when there was none.
   */
  change(
    execution: Execution,
    decide: (execution: Execution) => ExecutionChange | undefined,
  ): Promise<boolean> {
    return this.#commit(execution, decide, false);
  }

  /** Forgets it. */
  async remove(execution: Execution): Promise<void> {
    await this.#journal.commit(execution.facts.id, () => ({
      stored: () => ({ delete: keysOf(execution) }),
      apply: () => {},
    }));
  }

  /** Refuses further changes; resolves when those on their way are kept. */
  close(): Promise<void> {
    return this.#journal.close();
  }

  async #commit(
    execution: Execution,
    decide: (execution: Execution) => ExecutionChange | undefined,
    isNew: boolean,
  ): Promise<boolean> {
    const { id, arn } = execution.facts;
    const release = this.#isKept ? this.#clock.hold?.(`a change of ${arn} is kept`) : undefined;
    try {
      const isChanged = await this.#journal.commit(id, () => {
        const change = decide(execution);
        if (change === undefined) return { apply: () => false };
        const { operations = [], events: newEvents = [] } = change;
        const head: ExecutionHead = Object.freeze({ ...execution.head, ...change.head });
        const events = execution.numbered(newEvents);
        const documents = documentsOf(id, head, operations, events);
        if (isNew) documents.push(factsDocument(execution.facts));
        return {
          stored: () => ({ put: documents }),
          apply: () => {
            execution.apply(head, operations, events);
            return true;
          },
        };
      });
      if (isChanged) this.#onChange(execution);
      return isChanged;
    } finally {
      release?.();
    }
  }
}

const endings: Readonly<Record<Ending['status'], HistoryEventType>> = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  STOPPED: 'ExecutionStopped',
};

/** The change by which an execution ends. What waits in it stays as it is. */
export function endingChange(
  { facts, operations }: Execution,
  ending: Ending,
  nowMs: number,
  owesLetter: boolean,
): Required<ExecutionChange> {
  const { status, ...outcome } = ending;
  const itself = operations.get(facts.id);
  const ended: Operation | undefined = itself && {
    ...itself,
    status,
    endedMs: nowMs,
    ...outcome,
  };
  return {
    operations: ended === undefined ? [] : [Object.freeze(ended)],
    events: [eventOf(endings[status], { id: facts.id }, nowMs, outcome)],
    head: {
      status,
      endedMs: nowMs,
      ...outcome,
      isInvoking: false,
      changed: [],
      retryAtMs: undefined,
      owesLetter,
    },
  };
}
