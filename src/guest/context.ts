import type { InvokeExtras, StartMessage } from '../wire/messages.ts';
import { DateNow } from './primordials.ts';

/** The callbacks of the older contract, as AWS's client for Node 22 and before offers them. */
export interface LegacyCompletion {
  waitsForEmptyEventLoop: boolean;
  readonly succeed: (result?: unknown) => void;
  readonly fail: (error?: unknown) => void;
  readonly done: (error?: unknown, result?: unknown) => void;
}

export interface InvocationFacts {
  readonly requestId: string;
  readonly deadlineMs: number;
  readonly invokedArn: string;
  readonly extras: InvokeExtras | undefined;
}

/**
 * The `context` argument for `nodejs24.x`. All fields are own properties, as in AWS's client, because
 * handlers spread and stringify it. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
export function createContext(start: StartMessage, facts: InvocationFacts): object {
  const { deadlineMs } = facts;
  return {
    functionVersion: start.functionVersion,
    functionName: start.functionName,
    memoryLimitInMB: `${start.memoryMb}`,
    logGroupName: start.logGroupName,
    logStreamName: start.logStreamName,
    clientContext: facts.extras?.clientContext,
    identity: facts.extras?.identity,
    invokedFunctionArn: facts.invokedArn,
    awsRequestId: facts.requestId,
    tenantId: facts.extras?.tenantId,
    xRayTraceId: facts.extras?.traceId,
    getRemainingTimeInMillis: () => deadlineMs - DateNow(),
  };
}

/** The `context` argument for `nodejs22.x`, with the callback-era members. */
export function createLegacyContext(
  start: StartMessage,
  facts: InvocationFacts,
  completion: LegacyCompletion,
): object {
  const { deadlineMs } = facts;
  return {
    get callbackWaitsForEmptyEventLoop(): boolean {
      return completion.waitsForEmptyEventLoop;
    },
    set callbackWaitsForEmptyEventLoop(value: unknown) {
      completion.waitsForEmptyEventLoop = !!value;
    },
    succeed: completion.succeed,
    fail: completion.fail,
    done: completion.done,
    functionVersion: start.functionVersion,
    functionName: start.functionName,
    memoryLimitInMB: `${start.memoryMb}`,
    logGroupName: start.logGroupName,
    logStreamName: start.logStreamName,
    clientContext: facts.extras?.clientContext,
    identity: facts.extras?.identity,
    invokedFunctionArn: facts.invokedArn,
    awsRequestId: facts.requestId,
    tenantId: facts.extras?.tenantId,
    getRemainingTimeInMillis: () => deadlineMs - DateNow(),
  };
}
