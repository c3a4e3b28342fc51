import type { FilterPolicyScope } from './filter-policy.ts';
import type { SubscribedQueue } from './topic-endpoint.ts';
import type { TopicProtocol } from './topic-message.ts';

/** What others may know of a subscription. */
export interface SubscriptionFacts {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: TopicProtocol;
  /** ARN of the queue or function; `callback`, `callback-2` and so on for callbacks. */
  readonly endpoint: string;
  /** Whether queues get the message as it was published, without SNS's envelope. */
  readonly raw: boolean;
  /** As it was given. */
  readonly filterPolicy: object | string | undefined;
  readonly filterPolicyScope: FilterPolicyScope;
  /** Where notifications go that cannot be delivered. */
  readonly deadLetter: SubscribedQueue | undefined;
}

/** Somebody who gets the messages of a topic. */
export class Subscription implements SubscriptionFacts {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: TopicProtocol;
  readonly endpoint: string;
  readonly raw: boolean;
  readonly filterPolicy: object | string | undefined;
  readonly filterPolicyScope: FilterPolicyScope;
  readonly deadLetter: SubscribedQueue | undefined;
  readonly #leave: () => void;

  constructor(facts: SubscriptionFacts, leave: () => void) {
    this.arn = facts.arn;
    this.topicArn = facts.topicArn;
    this.protocol = facts.protocol;
    this.endpoint = facts.endpoint;
    this.raw = facts.raw;
    this.filterPolicy = facts.filterPolicy;
    this.filterPolicyScope = facts.filterPolicyScope;
    this.deadLetter = facts.deadLetter;
    this.#leave = leave;
  }

  /** Ends it; twice is no error. A delivery that waits is reported as undelivered when its next attempt is due. */
  unsubscribe(): void {
    this.#leave();
  }
}
