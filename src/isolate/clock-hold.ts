import { setRealTimer, type Clock, type ClockTimer } from '../core/clock.ts';
import type { StartRequest } from '../invoke/executor.ts';
import { listeningMs } from '../host/listening.ts';

type HoldableClock = Clock & Required<Pick<Clock, 'hold'>>;

interface Underway {
  readonly service: string;
  isRef: boolean;
  /** Ends the part of it that the clock waits for, when that has an end of its own. */
  readonly timer: ClockTimer | undefined;
}

/**
 * Holds a clock that is moved by hand (`Clock.hold`) while one environment has something to do in real time:
 * the guest computes, or the host works for it. While the guest waits only for timers of that clock, it lets
 * go. Sessions on other clocks have none.
 */
export class ClockHold {
  readonly #clock: HoldableClock;
  readonly #name: string;
  /** Operations that wait for a timer of the clock on the host's side. */
  #yielding = 0;
  /** Operations in the host's hands that keep the guest from going on. */
  readonly #underway = new Map<number, Underway>();
  #budgetMs = 0;
  #task: string | undefined;
  #label = '';
  #release: (() => void) | undefined;
  #isResting = false;

  /** `name` says whose environment it is. */
  static on(clock: Clock, name: string): ClockHold | undefined {
    return canBeHeld(clock) ? new ClockHold(clock, name) : undefined;
  }

  private constructor(clock: HoldableClock, name: string) {
    this.#clock = clock;
    this.#name = name;
  }

  /** An init or an invocation runs now; `task` names it. */
  begin(task: string, budgetMs: number): void {
    this.#task = task;
    this.#budgetMs = budgetMs;
    this.run();
  }

  /** The guest has something to run. */
  run(): void {
    this.#isResting = false;
    if (this.#task !== undefined) this.#take(`${this.#name}: ${this.#task} runs`);
  }

  /** The guest waits: from now on only operations of the host hold the clock. */
  rest(): void {
    this.#isResting = true;
    const busy = this.#task === undefined ? undefined : this.#firstBusy();
    if (busy === undefined) this.#letGo();
    else this.#take(`${this.#name}: ${this.#task} waits for ${busy}`);
  }

  /** The task is over. What the host still works on belongs to a frozen environment. */
  end(): void {
    this.#task = undefined;
    this.#letGo();
  }

  /** The host works on operation `id` of the guest. */
  started(id: number, service: string): void {
    const ms = listeningMs(service);
    if (ms === 0) return;
    const timer = ms === undefined ? undefined : setRealTimer(() => this.ended(id), ms);
    timer?.unref();
    this.#underway.set(id, { service, isRef: true, timer });
  }

  /** It was answered or given up, or it waits for somebody outside by now. */
  ended(id: number): void {
    const operation = this.#underway.get(id);
    if (operation === undefined) return;
    operation.timer?.cancel();
    this.#underway.delete(id);
    if (this.#isResting) this.rest();
  }

  /** An operation begins (1) or ends (-1) to wait for a timer of the clock itself. */
  yields(change: 1 | -1): void {
    this.#yielding += change;
    if (this.#isResting) this.rest();
  }

  /** As in Node, what does not keep the event loop busy is not waited for. */
  setRef(id: number, isRef: boolean): void {
    const operation = this.#underway.get(id);
    if (operation !== undefined) operation.isRef = isRef;
  }

  /** The guest waits for nothing in real time. */
  get isFree(): boolean {
    return this.#release === undefined;
  }

  /** The environment is gone. */
  close(): void {
    for (const { timer } of this.#underway.values()) timer?.cancel();
    this.#underway.clear();
    this.end();
  }

  #firstBusy(): string | undefined {
    let yielding = this.#yielding;
    for (const { service, isRef } of this.#underway.values()) {
      if (!isRef) continue;
      if (yielding === 0) return service;
      yielding -= 1;
    }
    return undefined;
  }

  #take(label: string): void {
    if (this.#release !== undefined && this.#label === label) return;
    const before = this.#release;
    this.#label = label;
    this.#release = this.#clock.hold(label, this.#budgetMs);
    before?.();
  }

  #letGo(): void {
    this.#release?.();
    this.#release = undefined;
  }
}

function canBeHeld(clock: Clock): clock is HoldableClock {
  return clock.hold !== undefined;
}

/** Until the session of an inspected environment holds the clock itself. A debugger may take for ever to come. */
export function holdWhileShown({ clock, settings }: StartRequest): () => void {
  const name = `${settings.functionName}:${settings.functionVersion}`;
  return clock.hold?.(`${name}: an environment for debuggers starts`, Infinity) ?? (() => {});
}
