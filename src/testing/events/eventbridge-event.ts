import { checkString } from '../../core/options.ts';
import { checkTexts, exampleUuid, isoSeconds, originOf, type EventOrigin } from './event-origin.ts';
import { overridden, type Overrides } from './overrides.ts';

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
export interface EventBridgeEvent<DetailType extends string, Detail> {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': DetailType;
  readonly source: string;
  readonly account: string;
  /** Without milliseconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: string[];
  readonly detail: Detail;
}

export interface EventBridgeEventOptions<DetailType extends string, Detail> extends EventOrigin {
  readonly detailType: DetailType;
  readonly detail: Detail;
  /** @default 'my.app' */
  readonly source?: string;
  /** ARNs. @default [] */
  readonly resources?: readonly string[];
  readonly overrides?: Overrides<EventBridgeEvent<DetailType, Detail>>;
}

export interface ScheduledEventOptions extends EventOrigin {
  /** Name of the rule. @default 'my-schedule' */
  readonly rule?: string;
  readonly overrides?: Overrides<EventBridgeEvent<'Scheduled Event', Record<string, never>>>;
}

/**
 * An event of a bus.
 * @example
 * eventBridgeEvent({ source: 'shop', detailType: 'Order Placed', detail: { id: 1 } })
 */
export function eventBridgeEvent<const DetailType extends string, Detail>(
  options: EventBridgeEventOptions<DetailType, Detail>,
): EventBridgeEvent<DetailType, Detail> {
  const keys = ['detailType', 'detail', 'source', 'resources', 'overrides'];
  const { home, atMs } = originOf(options, keys);
  const { detailType, detail, source = 'my.app', resources = [] } = options;
  checkTexts('resources', resources);
  checkString('detailType', detailType, { maxLength: 128, says: 'a text' });
  const event: EventBridgeEvent<DetailType, Detail> = {
    version: '0',
    id: exampleUuid('event', detailType, detail),
    'detail-type': detailType,
    source,
    account: home.accountId,
    time: isoSeconds(atMs),
    region: home.region,
    resources: [...resources],
    detail,
  };
  return overridden(event, options.overrides);
}

/** What a rule with a schedule sends. */
export function scheduledEvent(
  options: ScheduledEventOptions = {},
): EventBridgeEvent<'Scheduled Event', Record<string, never>> {
  const { home } = originOf(options, ['rule', 'overrides']);
  const { rule = 'my-schedule', overrides, ...origin } = options;
  const arn = `arn:${home.partition}:events:${home.region}:${home.accountId}:rule/${rule}`;
  const event = eventBridgeEvent<'Scheduled Event', Record<string, never>>({
    ...origin,
    source: 'aws.events',
    detailType: 'Scheduled Event',
    detail: {},
    resources: [arn],
  });
  return overridden(event, overrides);
}
