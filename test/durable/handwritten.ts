/**
 * A durable handler without AWS's SDK: `steps` is what a handler does with a small context that checkpoints over HTTP
 * and replays, one call after the other. Its text runs in a guest.
 */
export function handwritten(steps: string): { readonly source: string } {
  return { source: `${context}\nexports.handler = durable(async (event, ctx) => {${steps}});` };
}

const context = `
const suspended = Symbol('suspended');

function durable(run) {
  return async ({ DurableExecutionArn: arn, CheckpointToken: first, InitialExecutionState: state, UpdatedOperationIds }) => {
    let token = first;
    const operations = new Map(state.Operations.map((operation) => [operation.Id, operation]));
    const url = 'https://lambda.us-east-1.amazonaws.com/2025-12-01/durable-executions/' + encodeURIComponent(arn);
    const checkpoint = async (...Updates) => {
      const body = JSON.stringify({ CheckpointToken: token, Updates });
      const response = await fetch(url + '/checkpoint', { method: 'POST', body });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.message);
      token = answer.CheckpointToken;
      for (const operation of answer.NewExecutionState.Operations) operations.set(operation.Id, operation);
    };
    let count = 0;
    const ctx = {
      arn, operations, checkpoint, token: () => token, url, updated: UpdatedOperationIds,
      begin: async (Type, options) => {
        count += 1;
        const Id = 'op-' + count;
        if (!operations.has(Id)) await checkpoint({ Id, Type, Action: 'START', ...options });
        return operations.get(Id);
      },
      outcome: ({ Status }, details) => {
        if (Status === 'STARTED' || Status === 'PENDING') throw suspended;
        if (Status === 'SUCCEEDED') return details.Result === undefined ? undefined : JSON.parse(details.Result);
        throw new Error((details.Error && details.Error.ErrorMessage) || Status);
      },
      step: async (work) => {
        const { Id, Status, StepDetails } = await ctx.begin('STEP');
        if (Status !== 'STARTED') return ctx.outcome({ Status }, StepDetails);
        const result = await work();
        await checkpoint({ Id, Type: 'STEP', Action: 'SUCCEED', Payload: JSON.stringify(result) });
        return result;
      },
      wait: async (seconds) => {
        const operation = await ctx.begin('WAIT', { WaitOptions: { WaitSeconds: seconds } });
        return ctx.outcome(operation, {});
      },
      callback: async (submit, CallbackOptions) => {
        const operation = await ctx.begin('CALLBACK', { CallbackOptions });
        await submit(operation.CallbackDetails.CallbackId);
        return ctx.outcome(operation, operation.CallbackDetails);
      },
      invoke: async (FunctionName, input) => {
        const operation = await ctx.begin('CHAINED_INVOKE', {
          Payload: JSON.stringify(input),
          ChainedInvokeOptions: { FunctionName },
        });
        return ctx.outcome(operation, operation.ChainedInvokeDetails);
      },
    };
    try {
      const input = JSON.parse(state.Operations[0].ExecutionDetails.InputPayload);
      return { Status: 'SUCCEEDED', Result: JSON.stringify(await run(input, ctx)) };
    } catch (error) {
      if (error === suspended) return { Status: 'PENDING' };
      if (error && error.escapes) throw error;
      return { Status: 'FAILED', Error: { ErrorType: error.name, ErrorMessage: error.message } };
    }
  };
}`;
