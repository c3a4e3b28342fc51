import { InvalidOptionError } from '../../core/errors.ts';
import { base64Of, exampleUuid, originOf, type EventOrigin } from './event-origin.ts';

/** https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html */
export interface FirehoseEvent {
  readonly invocationId: string;
  readonly deliveryStreamArn: string;
  readonly region: string;
  readonly records: {
    readonly recordId: string;
    /** Epoch milliseconds. */
    readonly approximateArrivalTimestamp: number;
    /** Base64. */
    readonly data: string;
  }[];
}

export interface FirehoseEventOptions extends EventOrigin {
  /** Name of the delivery stream. @default 'my-delivery-stream' */
  readonly deliveryStream?: string;
}

/**
 * Records that a delivery stream wants transformed: bytes, text, or anything else as JSON.
 * @example
 * firehoseEvent([{ id: 1 }, 'plain text'])
 */
export function firehoseEvent(
  records: readonly unknown[],
  options: FirehoseEventOptions = {},
): FirehoseEvent {
  const { home, atMs } = originOf(options, ['deliveryStream']);
  if (!Array.isArray(records)) throw new InvalidOptionError('records', 'an array', records);
  const { deliveryStream = 'my-delivery-stream' } = options;
  const { partition, region, accountId } = home;
  return {
    invocationId: exampleUuid('firehose', deliveryStream),
    deliveryStreamArn: `arn:${partition}:firehose:${region}:${accountId}:deliverystream/${deliveryStream}`,
    region,
    records: records.map((data: unknown, index) => ({
      // Digits that grow, padded as Firehose pads them.
      recordId: String(
        49_546_986_683_135_544_286_507_457_936_321_625_675_700_192_471_156_785_154n + BigInt(index),
      ),
      approximateArrivalTimestamp: atMs,
      data: base64Of(data),
    })),
  };
}
