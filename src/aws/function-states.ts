import type { Clock } from '../core/clock.ts';
import { conflict } from './api-error.ts';

/** What `State` and `LastUpdateStatus` say about a version. */
export interface ShownState {
  readonly State: 'Pending' | 'Active';
  readonly StateReason?: string;
  readonly StateReasonCode?: string;
  readonly LastUpdateStatus?: 'InProgress' | 'Successful';
  readonly LastUpdateStatusReason?: string;
  readonly LastUpdateStatusReasonCode?: string;
}

const creating: ShownState = Object.freeze({
  State: 'Pending',
  StateReason: 'The function is being created.',
  StateReasonCode: 'Creating',
});

const updating: ShownState = Object.freeze({
  State: 'Active',
  LastUpdateStatus: 'InProgress',
  LastUpdateStatusReason: 'The function is being created.',
  LastUpdateStatusReasonCode: 'Creating',
});

const settled: ShownState = Object.freeze({ State: 'Active', LastUpdateStatus: 'Successful' });

interface Transition {
  readonly shown: ShownState;
  /** Epoch milliseconds of the `Lambda`'s clock. */
  readonly untilMs: number;
}

/**
 * What the API shows between a change and its effect. A function is ready here when the change is answered, so
 * the states of AWS in between last `transitionMs` by the clock; with 0 only the answer to the change shows them.
 * https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
 */
export class FunctionStates {
  readonly #clock: Clock;
  readonly #transitionMs: number;
  /** By qualified ARN. */
  readonly #transitions = new Map<string, Transition>();

  constructor(clock: Clock, transitionMs: number) {
    this.#clock = clock;
    this.#transitionMs = transitionMs;
  }

  /** A function or a version was made; gives what the answer shows. */
  created(arn: string): ShownState {
    return this.#begin(arn, creating);
  }

  /** Code or configuration changed. */
  updated(arn: string): ShownState {
    return this.#begin(arn, updating);
  }

  forget(arn: string): void {
    this.#transitions.delete(arn);
  }

  stateOf(arn: string): ShownState {
    return this.#current(arn) ?? settled;
  }

  /** @throws ResourceConflictException for a version that is not ready yet */
  checkInvocable(arn: string): void {
    if (this.#transitions.size === 0) return;
    const state = this.#current(arn)?.State;
    if (state !== 'Pending') return;
    throw conflict(
      `The operation cannot be performed at this time. The function is currently in the following state: ${state}`,
    );
  }

  /** @throws ResourceConflictException while an earlier change is under way */
  checkChangeable(arn: string, functionArn: string): void {
    const state = this.#current(arn);
    if (state === undefined) return;
    if (state.State === 'Pending') this.checkInvocable(arn);
    throw conflict(
      `The operation cannot be performed at this time. An update is in progress for resource: ${functionArn}`,
    );
  }

  #begin(arn: string, shown: ShownState): ShownState {
    if (this.#transitionMs > 0) {
      this.#transitions.set(arn, { shown, untilMs: this.#clock.now() + this.#transitionMs });
    }
    return shown;
  }

  #current(arn: string): ShownState | undefined {
    const transition = this.#transitions.get(arn);
    if (transition === undefined) return undefined;
    if (this.#clock.now() < transition.untilMs) return transition.shown;
    this.#transitions.delete(arn);
    return undefined;
  }
}
