import { newEventState, type EventState } from './queued-event.ts';

/** An event to accept. */
export interface AcceptedEvent {
  readonly requestId: string;
  readonly functionName: string;
  /** A version, an alias, or `$LATEST`. */
  readonly qualifier: string;
  readonly eventJson: string;
  readonly traceId?: string | undefined;
  readonly tenantId?: string | undefined;
}

/** The plain case shares one object, which takes no room in the queue. */
export function stateOfNew({ qualifier, traceId, tenantId }: AcceptedEvent): EventState {
  if (qualifier === newEventState.qualifier && traceId === undefined && tenantId === undefined) {
    return newEventState;
  }
  return {
    ...newEventState,
    qualifier,
    ...(traceId !== undefined && { traceId }),
    ...(tenantId !== undefined && { tenantId }),
  };
}
