import type { Execution } from '../../durable/execution.ts';
import {
  epochSeconds,
  errorFromWire,
  errorToWire,
  operationToWire,
  updateFromWire,
} from '../../durable/wire.ts';
import { invalidParameter } from '../api-error.ts';
import { eventToWire } from '../durable-history.ts';
import type { Call, Group } from '../operation.ts';
import { pageOf } from '../pagination.ts';
import { needFunction, referenceOf, versionOf } from '../references.ts';

type Names =
  | 'CheckpointDurableExecution'
  | 'GetDurableExecution'
  | 'GetDurableExecutionHistory'
  | 'GetDurableExecutionState'
  | 'ListDurableExecutionsByFunction'
  | 'SendDurableExecutionCallbackFailure'
  | 'SendDurableExecutionCallbackHeartbeat'
  | 'SendDurableExecutionCallbackSuccess'
  | 'StopDurableExecution';

const usualPage = 100;
const largestPage = 1_000;

/** Executions of durable functions. https://docs.aws.amazon.com/lambda/latest/dg/durable-functions.html */
export const durableExecutionOperations: Group<Names> = {
  async CheckpointDurableExecution(input, { rooms }) {
    const answer = await rooms.durable.checkpoints.checkpoint({
      executionArn: input.DurableExecutionArn,
      token: input.CheckpointToken,
      updates: (input.Updates ?? []).map(updateFromWire),
      clientToken: input.ClientToken,
    });
    return {
      json: {
        CheckpointToken: answer.token,
        NewExecutionState: {
          Operations: answer.operations.map((one) => operationToWire(one, epochSeconds)),
        },
      },
    };
  },

  GetDurableExecution(input, { rooms }) {
    const execution = rooms.durable.need(input.DurableExecutionArn);
    const { facts, head } = execution;
    const hasData = input.IncludeExecutionData ?? true;
    return {
      json: {
        ...summaryOf(execution),
        Version: facts.version,
        ...(hasData && {
          InputPayload: execution.input,
          Result: head.result,
          Error: errorToWire(head.error),
        }),
        ExecutionDataIncluded: hasData,
        DurableConfig: {
          ExecutionTimeout: facts.timeoutMs / 1_000,
          RetentionPeriodInDays: facts.retentionDays,
        },
        ...(facts.traceId !== undefined && { TraceHeader: { XAmznTraceId: facts.traceId } }),
      },
    };
  },

  GetDurableExecutionHistory(input, { rooms }) {
    const { history } = rooms.durable.need(input.DurableExecutionArn);
    const events = input.ReverseOrder === true ? history.toReversed() : history;
    const page = pageOf(events, ({ id }) => String(id), paging(input), largestPage);
    const hasData = input.IncludeExecutionData ?? true;
    return {
      json: {
        Events: page.items.map((event) => eventToWire(event, hasData)),
        NextMarker: page.nextMarker,
      },
    };
  },

  GetDurableExecutionState(input, { rooms }) {
    const { Marker: marker } = input;
    if (marker !== undefined && !/^\d+$/.test(marker)) {
      throw invalidParameter('Invalid Marker: it is not one that a list of this API gave');
    }
    const page = rooms.durable.checkpoints.state({
      executionArn: input.DurableExecutionArn,
      token: input.CheckpointToken,
      from: marker === undefined ? 0 : Number(marker),
      maxItems: input.MaxItems,
    });
    return {
      json: {
        Operations: page.operations.map((one) => operationToWire(one, epochSeconds)),
        NextMarker: page.next === undefined ? undefined : String(page.next),
      },
    };
  },

  ListDurableExecutionsByFunction(input, call) {
    const reference = referenceOf(call, input.FunctionName, input.Qualifier);
    needFunction(call, reference);
    const { name: functionName, qualifier } = reference;
    const { StartedAfter: after, StartedBefore: before } = input;
    const found = call.rooms.durable.executions.find({
      functionName,
      version: qualifier === undefined ? undefined : versionOf(call, reference).version,
      name: input.DurableExecutionName,
      statuses: input.Statuses,
      startedAfterMs: after === undefined ? undefined : after * 1_000,
      startedBeforeMs: before === undefined ? undefined : before * 1_000,
    });
    const ordered = input.ReverseOrder === true ? found : found.toReversed();
    const page = pageOf(ordered, ({ facts }) => facts.id, paging(input), largestPage);
    return {
      json: { DurableExecutions: page.items.map(summaryOf), NextMarker: page.nextMarker },
    };
  },

  async SendDurableExecutionCallbackFailure(input, { rooms }) {
    const error = errorFromWire(input.Error) ?? {};
    await rooms.durable.answerCallback(input.CallbackId, { status: 'FAILED', error });
    return { json: {} };
  },

  async SendDurableExecutionCallbackHeartbeat(input, { rooms }) {
    await rooms.durable.heartbeatCallback(input.CallbackId);
    return { json: {} };
  },

  async SendDurableExecutionCallbackSuccess(input, { rooms }) {
    const { Result: bytes } = input;
    const isEmpty = bytes === undefined || bytes.length === 0;
    const result = isEmpty ? undefined : Buffer.from(bytes).toString();
    await rooms.durable.answerCallback(input.CallbackId, { status: 'SUCCEEDED', result });
    return { json: {} };
  },

  async StopDurableExecution(input, call) {
    const { durable } = call.rooms;
    const execution = durable.need(input.DurableExecutionArn);
    await durable.stopExecution(execution, errorFromWire(input.Error));
    return { json: { StopTimestamp: epochSeconds(endOf(execution, call)) } };
  },
};

function summaryOf({ facts, head }: Execution): object {
  return {
    DurableExecutionArn: facts.arn,
    DurableExecutionName: facts.name,
    FunctionArn: facts.functionArn,
    Status: head.status,
    StartTimestamp: epochSeconds(facts.startedMs),
    EndTimestamp: head.endedMs === undefined ? undefined : epochSeconds(head.endedMs),
  };
}

/** One that had ended before keeps its end. */
function endOf({ head }: Execution, { rooms }: Call): number {
  return head.endedMs ?? rooms.options.clock.now();
}

/** 0 items stand for the usual number. */
function paging(input: {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}): { readonly Marker: string | undefined; readonly MaxItems: number } {
  const { Marker, MaxItems = 0 } = input;
  return {
    Marker: Marker === '' ? undefined : Marker,
    MaxItems: MaxItems === 0 ? usualPage : MaxItems,
  };
}
