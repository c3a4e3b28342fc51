import { ClosedError, InvalidOptionError } from '../core/errors.ts';
import { checkKnownKeys } from '../core/options.ts';
import { resourceArn } from '../core/resource-arn.ts';
import { formatTraceHeader, parseTraceHeader } from '../core/trace-header.ts';
import type { Archive, ArchiveOptions } from './archive.ts';
import { resolveBrokerContext, type BrokerContext } from './broker-context.ts';
import { BrokerError } from './broker-error.ts';
import { alreadyExists, BusArchives, type Replay, type ReplayOptions } from './bus-archives.ts';
import {
  checkEntries,
  eventOf,
  toSeconds,
  type AcceptedEvent,
  type BusEntry,
  type PutEventResult,
} from './bus-event.ts';
import { DeliveryFault, notPermitted } from './delivery-fault.ts';
import {
  checkEventBusName,
  checkRuleName,
  resolveEventBusOptions,
  type EventBusOptions,
} from './event-bus-options.ts';
import { RuleDeliveries, type RuleDelivery } from './rule-delivery.ts';
import {
  resolveRule,
  type ResolvedRuleTarget,
  type RuleFrame,
  type RuleOptions,
  type RuleRecord,
} from './rule-options.ts';
import type { RuleBus } from './rule-receiver.ts';
import { Rule } from './rule.ts';

/**
 * An event bus, as EventBridge: rules choose events by patterns and hand them to their targets, which are tried
 * again for a day; archives keep events for a replay. Rules, archives and what waits for another attempt are
 * in the memory of the process. Sources that begin with `aws.` are taken as well.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus.html
 * @example
 * const bus = new EventBus('orders');
 * bus.createRule('large', { pattern: { detail: { total: [{ numeric: ['>', 100] }] } }, targets: [review] });
 * await bus.put([{ source: 'shop', detailType: 'order placed', detail: { total: 120 } }]);
 */
export class EventBus implements RuleBus {
  readonly name: string;
  readonly arn: string;
  readonly #context: BrokerContext;
  readonly #frame: RuleFrame;
  readonly #deliveries: RuleDeliveries;
  readonly #rules = new Map<string, { readonly record: RuleRecord; readonly rule: Rule }>();
  readonly #archives: BusArchives;
  #isClosed = false;

  constructor(name: string, options: EventBusOptions = {}, context: Partial<BrokerContext> = {}) {
    checkEventBusName(name);
    const { maxTargetsPerRule, maxPatternLength } = resolveEventBusOptions(options);
    this.#context = resolveBrokerContext(context);
    this.name = name;
    this.arn = resourceArn(this.#context.home, 'eventBus', name);
    this.#frame = { busArn: this.arn, maxTargets: maxTargetsPerRule, maxPatternLength };
    this.#deliveries = new RuleDeliveries(this.#context);
    this.#archives = new BusArchives(this.#context.home, this.#context.clock);
  }

  /** In the order in which they were made. */
  get rules(): readonly Rule[] {
    return [...this.#rules.values()].map(({ rule }) => rule);
  }

  get archives(): readonly Archive[] {
    return this.#archives.all();
  }

  /**
   * Puts up to 10 events. Each entry is accepted or refused by itself. Resolves when queues, topics, functions
   * and buses that rules chose have been tried once; callbacks have been called.
   * @throws BrokerError `ValidationException` for too many entries, or more than 1 MB of them
   */
  async put(entries: readonly BusEntry[]): Promise<readonly PutEventResult[]> {
    this.#checkIsOpen();
    checkEntries(entries);
    const results: PutEventResult[] = [];
    const delivered: Promise<void>[] = [];
    for (const entry of entries) {
      const { home, clock, ids } = this.#context;
      const event = eventOf(entry, { home, id: ids.uuid(), nowMs: clock.now() });
      if ('errorCode' in event) {
        results.push(event);
        continue;
      }
      results.push({ eventId: event.id });
      const traceHeader = withoutLineage(entry.traceHeader);
      const accepted = { event, traceHeader, isForwarded: false };
      delivered.push(this.#accept({ ...accepted, ...this.#acceptance(event) }));
    }
    await Promise.all(delivered);
    return results;
  }

  /**
   * Makes a rule. What was put before is not matched.
   * @throws InvalidEventPatternError
   * @throws BrokerError `ResourceAlreadyExistsException`
   */
  createRule(name: string, options: RuleOptions): Rule {
    checkRuleName(name);
    if (this.#rules.has(name)) throw alreadyExists('Rule', name);
    const { partition, region, accountId } = this.#context.home;
    // Rules of the default bus do not have its name in theirs.
    const path = this.name === 'default' ? name : `${this.name}/${name}`;
    const arn = `arn:${partition}:events:${region}:${accountId}:rule/${path}`;
    const record = resolveRule(name, arn, options, this.#frame);
    const rule = new Rule(record, this.#frame);
    this.#rules.set(name, { record, rule });
    return rule;
  }

  getRule(name: string): Rule | undefined {
    return this.#rules.get(name)?.rule;
  }

  /** Deletes a rule with its targets; what is on its way to them goes on. False when there is none. */
  deleteRule(name: string): boolean {
    return this.#rules.delete(name);
  }

  /**
   * Makes an archive of what is put from now on.
   * @throws BrokerError `ResourceAlreadyExistsException`
   */
  createArchive(name: string, options: ArchiveOptions = {}): Archive {
    return this.#archives.create(name, options);
  }

  getArchive(name: string): Archive | undefined {
    return this.#archives.get(name);
  }

  /** Deletes an archive with its events. False when there is none. */
  deleteArchive(name: string): boolean {
    return this.#archives.delete(name);
  }

  /**
   * Lets archived events come again, the oldest first, as they were but with a `replay-name`; they are not
   * archived again. Resolves when targets have been tried once.
   * @throws BrokerError as AWS, for an archive that is not there, a name that was used, or an empty time
   */
  async replay(options: ReplayOptions): Promise<Replay> {
    this.#checkIsOpen();
    checkKnownKeys('options', options, ['archive', 'fromMs', 'toMs', 'rules', 'name']);
    const { name = `replay-${this.#context.ids.uuid()}`, rules } = options;
    if (rules !== undefined) this.#checkRules(rules);
    const { events, replay } = this.#archives.select({ ...options, name });
    for (const { event: original, traceHeader } of events) {
      const event = { ...original, 'replay-name': name };
      const accepted = { event, traceHeader, isForwarded: false };
      await this.#match({ ...accepted, ...this.#acceptance(event) }, rules);
    }
    return replay;
  }

  /** Takes an event from a rule of another bus; it stays the same event. Rules do that by themselves. */
  async forward(accepted: AcceptedEvent): Promise<void> {
    this.#checkIsOpen();
    const acceptedMs = this.#context.clock.now();
    // It was tried; what becomes of it here is no longer the business of the rule that sent it.
    await this.#accept({ ...accepted, acceptedMs, isForwarded: true });
  }

  /** Gives up what waits for another attempt; each is reported as undelivered. Nothing can be put any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#deliveries.close();
  }

  #acceptance(event: object): Pick<AcceptedEvent, 'json' | 'acceptedMs'> {
    return { json: JSON.stringify(event), acceptedMs: this.#context.clock.now() };
  }

  async #accept(accepted: AcceptedEvent): Promise<void> {
    this.#archives.offer(accepted);
    await this.#match(accepted, undefined);
  }

  /** Resolves when the targets were tried once; callbacks are called, not waited for. */
  async #match(accepted: AcceptedEvent, only: readonly string[] | undefined): Promise<void> {
    const awaited: Promise<void>[] = [];
    for (const { record } of this.#rules.values()) {
      if (record.state === 'DISABLED' || only?.includes(record.name) === false) continue;
      if (!record.pattern.matches(accepted.event)) continue;
      for (const target of record.targets) {
        const delivered = this.#deliveries.deliver(this.#delivery(accepted, record, target));
        if (target.receiver.arn !== 'callback') awaited.push(delivered);
      }
    }
    await Promise.all(awaited);
  }

  #delivery(
    accepted: AcceptedEvent,
    rule: RuleRecord,
    { id, receiver, input, policy, deadLetterQueue }: ResolvedRuleTarget,
  ): RuleDelivery {
    const { event, json, acceptedMs, traceHeader } = accepted;
    const attempt = async (): Promise<unknown> => {
      if (receiver.kind === 'bus') {
        if (accepted.isForwarded) throw new DeliveryFault('THIRD_ACCOUNT_HOP_DETECTED', thirdHop);
        return receiver.forward(accepted);
      }
      const facts = {
        ruleName: rule.name,
        ruleArn: rule.arn,
        ingestedAt: toSeconds(new Date(acceptedMs)),
      };
      this.#checkMayInvoke(rule.arn, receiver.arn);
      return receiver.send(input === undefined ? json : input(event, facts), traceHeader);
    };
    return {
      eventJson: json,
      acceptedMs,
      traceHeader,
      ruleArn: rule.arn,
      to: receiver.arn,
      label: `event bus "${this.name}": rule "${rule.name}", target "${id}"`,
      attempt,
      policy,
      deadLetterQueue,
    };
  }

  #checkMayInvoke(ruleArn: string, target: string): void {
    if (target.split(':')[2] !== 'lambda') return;
    const service = 'events.amazonaws.com';
    if (this.#context.mayInvoke(service, target, ruleArn)) return;
    throw notPermitted(service, ruleArn, target);
  }

  #checkRules(rules: readonly string[]): void {
    if (!Array.isArray(rules)) throw new InvalidOptionError('rules', 'a list of names', rules);
    const missing = rules.find((rule) => !this.#rules.has(rule));
    if (missing === undefined) return;
    throw new BrokerError('ResourceNotFoundException', `Rule ${missing} does not exist.`);
  }

  #checkIsOpen(): void {
    if (this.#isClosed) throw new ClosedError(`Event bus "${this.name}" is closed`);
  }
}

const thirdHop = 'An event that came from another event bus cannot be routed to a third one';

/** Lambda does not follow loops through EventBridge: the lineage ends here. */
function withoutLineage(header: string | undefined): string | undefined {
  if (header?.includes('Lineage=') !== true) return header;
  const fields = new Map(parseTraceHeader(header));
  fields.delete('Lineage');
  return fields.size === 0 ? undefined : formatTraceHeader(fields);
}
