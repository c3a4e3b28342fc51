import { maxPendingOperations } from '../wire/messages.ts';
import { ServiceError, type HostAnswer, type Service } from './service.ts';

/** Bytes that operations of one environment may have under way: what went along and what came back. */
export interface ServiceBudget {
  readonly bytes: number;
}

/**
 * Operations of one environment that have not ended. A guest waits for fewer than this, but one that it gave
 * up may still be at work.
 */
const mostRunning = 2 * maxPendingOperations;

/**
 * All services of one environment behind one door. It answers by name, turns what services throw into the
 * text of an error, and never throws itself: an error would cross as a host object.
 */
export class HostServices {
  readonly #make: () => readonly Service[];
  #services: readonly Service[] | undefined;
  readonly #budget: ServiceBudget;
  readonly #running = new Set<AbortController>();
  #bytesUnderWay = 0;
  #isClosed = false;

  /** `make` is called when the guest first asks for anything. */
  constructor(make: () => readonly Service[], budget: ServiceBudget) {
    this.#make = make;
    this.#budget = budget;
  }

  /** Answers a blocking question: `=<text>`, `!<error as JSON>`, bytes, or nothing. */
  call(name: string, text: string, bytes: Uint8Array | undefined): string | Uint8Array | undefined {
    try {
      const found = this.#find('calls', name);
      const answer = found(text, bytes);
      return typeof answer === 'string' ? `=${answer}` : answer;
    } catch (error) {
      return `!${errorText(error)}`;
    }
  }

  /**
   * Starts an operation; `done` is called once, later. What goes along counts against the budget while the
   * operation runs, what comes back until it is forgotten: a guest that does not take its answers must not
   * fill the host.
   */
  start(
    name: string,
    text: string,
    bytes: Uint8Array | undefined,
    done: (outcome: OperationOutcome) => void,
  ): HostTask {
    if (this.#running.size >= mostRunning) {
      queueMicrotask(() => done({ failed: true, answer: errorText(tooManyRunning()) }));
      return { cancel: () => {}, forget: () => {} };
    }
    const controller = new AbortController();
    let answered = 0;
    const forget = (): void => {
      this.#bytesUnderWay -= answered;
      answered = 0;
    };
    this.#running.add(controller);
    void this.#run(name, text, bytes, controller).then((outcome) => {
      this.#running.delete(controller);
      // Nobody waits for the answer to what was cancelled, so nobody would forget it.
      const size = controller.signal.aborted ? 0 : sizeOf(outcome.answer);
      if (this.#bytesUnderWay + size > this.#budget.bytes) {
        done(this.#refusal());
        return;
      }
      answered = size;
      this.#bytesUnderWay += size;
      done(outcome);
    });
    return { cancel: () => controller.abort(), forget };
  }

  async #run(
    name: string,
    text: string,
    bytes: Uint8Array | undefined,
    controller: AbortController,
  ): Promise<OperationOutcome> {
    // Whatever runs keeps its text as well.
    const size = sizeOf(bytes) + text.length;
    this.#bytesUnderWay += size;
    try {
      if (this.#bytesUnderWay > this.#budget.bytes) return this.#refusal();
      const answer = await this.#find('operations', name)(text, bytes, controller.signal);
      return { failed: false, answer };
    } catch (error) {
      return { failed: true, answer: errorText(error) };
    } finally {
      this.#bytesUnderWay -= size;
    }
  }

  #refusal(): OperationOutcome {
    return { failed: true, answer: errorText(tooMuchUnderWay(this.#budget.bytes)) };
  }

  /** Operations that have not ended. */
  get running(): number {
    return this.#running.size;
  }

  /** The environment ended: operations are aborted, services let go of what they hold. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const controller of this.#running) controller.abort();
    for (const service of this.#services ?? []) service.close?.();
  }

  #find<Kind extends 'calls' | 'operations'>(
    kind: Kind,
    name: string,
  ): NonNullable<NonNullable<Service[Kind]>[string]> {
    if (this.#isClosed) throw new ServiceError('ERR_CLOSED', 'The environment has ended');
    this.#services ??= this.#make();
    for (const service of this.#services) {
      const table = service[kind];
      if (table !== undefined && Object.hasOwn(table, name)) {
        return table[name] as NonNullable<NonNullable<Service[Kind]>[string]>;
      }
    }
    throw new ServiceError('ERR_UNKNOWN_SERVICE', `The host has no service "${name}"`);
  }
}

/** An operation in the host's hands. */
export interface HostTask {
  /** The guest gave it up, or its environment ended. */
  cancel(): void;
  /** Its answer has left the host, or will never. */
  forget(): void;
}

export interface OperationOutcome {
  readonly failed: boolean;
  /** The answer, or the error as JSON. */
  readonly answer: HostAnswer;
}

function sizeOf(answer: HostAnswer): number {
  return typeof answer === 'object' ? answer.byteLength : (answer?.length ?? 0);
}

function tooManyRunning(): ServiceError {
  return new ServiceError(
    'ERR_OUT_OF_RANGE',
    `Too many operations have not ended on the host: the limit is ${mostRunning}`,
    { name: 'RangeError' },
  );
}

function tooMuchUnderWay(limit: number): ServiceError {
  return new ServiceError(
    'ERR_OUT_OF_RANGE',
    `Too many bytes are on their way to the host: the limit is the function's memory, ${limit} bytes`,
    { name: 'RangeError' },
  );
}

/** What the guest is told of an error: everything of a `ServiceError`, the code alone of anything else. */
function errorText(error: unknown): string {
  if (error instanceof ServiceError) {
    const { name, message, code, fields } = error;
    return JSON.stringify({ ...fields, name, message, code });
  }
  return JSON.stringify({ name: 'Error', message: 'The host failed', code: 'ERR_INTERNAL' });
}
