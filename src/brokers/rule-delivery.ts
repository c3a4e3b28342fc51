import { replaceNotAllowed } from './allowed-text.ts';
import type { Clock, ClockTimer } from '../core/clock.ts';
import type { Random } from '../core/random.ts';
import type { UndeliveredMessage } from './broker-context.ts';
import { failureOf, type DeliveryFailure } from './delivery-fault.ts';
import type { RuleQueue } from './rule-receiver.ts';

/** One event on its way to one target. */
export interface RuleDelivery {
  /** The event as it came, which is what a dead letter has in it. */
  readonly eventJson: string;
  readonly acceptedMs: number;
  readonly traceHeader: string | undefined;
  readonly ruleArn: string;
  /** ARN, or `callback`. */
  readonly to: string;
  /** For people who read what a clock waits for. */
  readonly label: string;
  /** Rejects when the target does not take it. */
  readonly attempt: () => Promise<unknown>;
  readonly policy: RetryPolicy;
  readonly deadLetterQueue: RuleQueue | undefined;
}

export interface RetryPolicy {
  readonly maxRetries: number;
  readonly maxEventAgeMs: number;
}

/** AWS says no more than that it is exponential; like this, 185 retries take most of the 24 hours. */
const backoff = { firstMs: 1_000, mostMs: 600_000 };

/** Half of an exponential delay is certain, the other half is chance. */
function retryDelayMs(retry: number, random: Random): number {
  const ceilingMs = Math.min(backoff.firstMs * 2 ** (retry - 1), backoff.mostMs);
  return Math.round((ceilingMs / 2) * (1 + random()));
}

type NextStep =
  | { readonly kind: 'retry' }
  | { readonly kind: 'giveUp'; readonly exhausted?: keyof typeof exhaustedConditions };

/** AWS's names of why there is no further attempt. */
const exhaustedConditions = { retries: 'MaximumRetryAttempts', age: 'MaximumEventAgeInSeconds' };

/** Decides what becomes of an event after an attempt that failed. */
function nextStep(
  failure: DeliveryFailure,
  facts: { readonly retries: number; readonly ageAtNextMs: number },
  policy: RetryPolicy,
): NextStep {
  if (!failure.isRetriable) return { kind: 'giveUp' };
  if (facts.retries >= policy.maxRetries) return { kind: 'giveUp', exhausted: 'retries' };
  if (facts.ageAtNextMs > policy.maxEventAgeMs) return { kind: 'giveUp', exhausted: 'age' };
  return { kind: 'retry' };
}

export interface RuleDeliveriesOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly onUndelivered: (message: UndeliveredMessage) => void;
}

/** Delivers events; those that a target refuses are tried again on the clock, then go to its dead-letter queue. */
export class RuleDeliveries {
  readonly #options: RuleDeliveriesOptions;
  readonly #waiting = new Map<RuleDelivery, { timer: ClockTimer; failure: DeliveryFailure }>();
  #isClosed = false;

  constructor(options: RuleDeliveriesOptions) {
    this.#options = options;
  }

  /** Resolves after the first attempt, whatever came of it. */
  deliver(delivery: RuleDelivery): Promise<void> {
    return this.#attempt(delivery, 0);
  }

  /** Gives up what still waits; all of it is reported. */
  close(): void {
    this.#isClosed = true;
    for (const [delivery, { timer, failure }] of this.#waiting) {
      timer.cancel();
      this.#report(delivery, `${failure.message} (closed before the next attempt)`);
    }
    this.#waiting.clear();
  }

  async #attempt(delivery: RuleDelivery, retries: number): Promise<void> {
    // Not for callbacks, which may wait for time themselves.
    const holdsClock = delivery.to !== 'callback';
    const release = holdsClock ? this.#options.clock.hold?.(delivery.label) : undefined;
    try {
      await delivery.attempt();
    } catch (error) {
      await this.#failed(delivery, retries, failureOf(error));
    } finally {
      release?.();
    }
  }

  async #failed(delivery: RuleDelivery, retries: number, failure: DeliveryFailure): Promise<void> {
    if (this.#isClosed) {
      this.#report(delivery, `${failure.message} (closed before the next attempt)`);
      return;
    }
    const { clock, random } = this.#options;
    const delayMs = retryDelayMs(retries + 1, random);
    const ageAtNextMs = clock.now() + delayMs - delivery.acceptedMs;
    const step = nextStep(failure, { retries, ageAtNextMs }, delivery.policy);
    if (step.kind === 'giveUp') {
      await this.#giveUp(delivery, { retries, failure, exhausted: step.exhausted });
      return;
    }
    const label = `${delivery.label}: retry ${retries + 1} to ${delivery.to}`;
    const again = (): void => {
      this.#waiting.delete(delivery);
      void this.#attempt(delivery, retries + 1); // never rejects
    };
    this.#waiting.set(delivery, { timer: clock.setTimer(again, delayMs, { label }), failure });
  }

  /** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
  async #giveUp(
    delivery: RuleDelivery,
    end: {
      readonly retries: number;
      readonly failure: DeliveryFailure;
      readonly exhausted: keyof typeof exhaustedConditions | undefined;
    },
  ): Promise<void> {
    const { deadLetterQueue, eventJson, traceHeader, ruleArn, to } = delivery;
    const { retries, failure, exhausted } = end;
    if (deadLetterQueue === undefined) {
      this.#report(delivery, failure.message);
      return;
    }
    const attributes = {
      RULE_ARN: ruleArn,
      TARGET_ARN: to,
      ERROR_CODE: failure.code,
      ERROR_MESSAGE: attributeOf(failure),
      RETRY_ATTEMPTS: String(retries),
      ...(exhausted !== undefined && { EXHAUSTED_RETRY_CONDITION: exhaustedConditions[exhausted] }),
    };
    try {
      await deadLetterQueue.send(eventJson, {
        attributes,
        ...(traceHeader !== undefined && { traceHeader }),
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#report(
        delivery,
        `${failure.message}; the dead-letter queue did not take it: ${reason}`,
      );
    }
  }

  #report({ ruleArn, to, eventJson }: RuleDelivery, reason: string): void {
    this.#options.onUndelivered({ from: ruleArn, to, reason, body: eventJson });
  }
}

/** Characters of an error that a dead letter tells. */
const longestMessage = 1_024;

/** Attributes take neither control characters and halves of pairs, nor nothing at all. */
function attributeOf({ message, code }: DeliveryFailure): string {
  return replaceNotAllowed(message.slice(0, longestMessage), '') || code;
}
