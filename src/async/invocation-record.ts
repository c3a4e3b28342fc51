import type { Condition } from './next-step.ts';

/**
 * What a destination is told of a finished event.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export interface InvocationRecord<Event = unknown, Result = unknown> {
  readonly version: '1.0';
  /** ISO 8601 in UTC, with milliseconds. */
  readonly timestamp: string;
  readonly requestContext: {
    readonly requestId: string;
    /** Always qualified. */
    readonly functionArn: string;
    readonly condition: Condition;
    /** How often the handler ran. */
    readonly approximateInvokeCount: number;
  };
  readonly requestPayload: Event;
  /** Left out when the handler never ran. */
  readonly responseContext?: {
    readonly statusCode: number;
    readonly executedVersion: string;
    readonly functionError?: string;
  };
  /** The result, or the error payload. */
  readonly responsePayload?: Result;
}

/** How the last attempt that ran ended. */
export interface LastResponse {
  readonly executedVersion: string;
  readonly isError: boolean;
  /** The handler's own JSON text. */
  readonly payloadJson: string;
}

export interface RecordFacts {
  readonly atMs: number;
  readonly requestId: string;
  /** Qualified. */
  readonly functionArn: string;
  readonly condition: Condition;
  readonly invokeCount: number;
  readonly eventJson: string;
  readonly response: LastResponse | undefined;
}

/**
 * The record as JSON text, its fields in AWS's order. Event and result go in as they are: parsing them would
 * change numbers that JavaScript cannot hold.
 */
export function recordJson(facts: RecordFacts): string {
  const requestContext = JSON.stringify({
    requestId: facts.requestId,
    functionArn: facts.functionArn,
    condition: facts.condition,
    approximateInvokeCount: facts.invokeCount,
  });
  const head =
    `{"version":"1.0","timestamp":"${new Date(facts.atMs).toISOString()}",` +
    `"requestContext":${requestContext},"requestPayload":${facts.eventJson}`;
  const { response } = facts;
  if (response === undefined) return `${head}}`;
  const responseContext = JSON.stringify({
    statusCode: 200,
    executedVersion: response.executedVersion,
    ...(response.isError && { functionError: 'Unhandled' }),
  });
  return `${head},"responseContext":${responseContext},"responsePayload":${response.payloadJson}}`;
}
