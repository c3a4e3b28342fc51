import type { InvokeOptions, InvokeOutcome, LambdaFunction } from '../../index.ts';
import type { Terminal } from '../terminal.ts';
import type { InvocationLog } from './invocation-log.ts';

export interface Invocation {
  readonly target: LambdaFunction;
  readonly event: unknown;
  readonly options: InvokeOptions;
  readonly flags: { readonly stream?: true; readonly json?: true };
  readonly terminal: Terminal;
  readonly log: InvocationLog;
}

/** What is left of an invocation that was shown. */
export interface Invoked {
  readonly isOk: boolean;
  readonly isCold: boolean;
  readonly durationMs: number;
}

/** One invocation from the call to the last line that is shown of it. */
export async function invokeOnce(invocation: Invocation): Promise<Invoked> {
  const { target, event, options, flags, terminal, log } = invocation;
  const isStreamed = flags.stream === true && flags.json !== true;
  const outcome = isStreamed ? await streamed(invocation) : await target.invoke(event, options);
  const lines = log.end();
  if (flags.json === true) await terminal.print(asJson(target.name, outcome, lines));
  else if (!isStreamed || outcome.status === 'error') await terminal.print(outcome.payloadJson);
  if (outcome.status === 'error' && flags.json !== true) {
    terminal.say(terminal.style('red', failureLine(outcome)));
  }
  const { isCold, durationMs } = outcome.report;
  return { isOk: outcome.status === 'ok', isCold, durationMs };
}

async function streamed({ target, event, options, terminal }: Invocation): Promise<InvokeOutcome> {
  const response = await target.invokeStream(event, options);
  try {
    for await (const chunk of response.body) await terminal.write(chunk);
  } catch {
    // A handler that failed fails the stream as well; the outcome says how.
  }
  const outcome = await response.outcome;
  await terminal.write('\n');
  return outcome;
}

function failureLine(outcome: InvokeOutcome & { readonly status: 'error' }): string {
  const { errorType = 'Error', errorMessage } = outcome.error;
  const budget = outcome.exhaustedBudget === 'cpu' ? ' (computing time was used up: --cpu)' : '';
  return `Function error: ${errorType}: ${errorMessage}${budget}`;
}

function asJson(functionName: string, outcome: InvokeOutcome, log: readonly string[]): string {
  return JSON.stringify({
    functionName,
    requestId: outcome.requestId,
    executedVersion: outcome.executedVersion,
    status: outcome.status,
    ...(outcome.status === 'ok'
      ? { payload: outcome.result }
      : {
          functionError: outcome.functionError,
          payload: outcome.error,
          exhaustedBudget: outcome.exhaustedBudget,
        }),
    report: outcome.report,
    log,
  });
}
