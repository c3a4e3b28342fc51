import { LambdaError } from '../core/errors.ts';

/** What can be put beside a message. */
export interface DeliveryExtras {
  /** Goes along as `AWSTraceHeader` or trace id; carries the lineage. */
  readonly traceHeader?: string;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

/** Where records and dead letters can go, as this room sees it. */
export type DeliveryTarget =
  | {
      readonly kind: 'queue';
      readonly isFifo: boolean;
      send(body: string, extras: DeliveryExtras): Promise<unknown>;
    }
  | {
      readonly kind: 'topic';
      readonly isFifo: boolean;
      publish(message: string, extras: DeliveryExtras): Promise<unknown>;
    }
  | {
      readonly kind: 'function';
      send(eventJson: string, extras: DeliveryExtras): Promise<unknown>;
    }
  | {
      readonly kind: 'eventBus';
      put(event: BusEvent): Promise<unknown>;
    }
  | {
      readonly kind: 'bucket';
      put(key: string, body: string, extras: DeliveryExtras): Promise<unknown>;
    };

export interface BusEvent {
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  /** JSON text. */
  readonly detail: string;
  readonly traceHeader?: string;
}

/** Finds a target by ARN; `undefined` when there is none of that ARN here. */
export type FindTarget = (arn: string) => DeliveryTarget | undefined;

/** A delivery that would fail again however often it is tried. */
export class UndeliverableError extends LambdaError<'ERR_UNDELIVERABLE'> {
  override readonly name: string = 'UndeliverableError';

  constructor(message: string) {
    super('ERR_UNDELIVERABLE', message);
  }
}
