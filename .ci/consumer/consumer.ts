/** What a user of the package writes; `.ci/check-package.ts` compiles and runs it outside of the repository. */
import {
  HandlerError,
  Lambda,
  type FunctionOptions,
  type InvokeOutcome,
  type LambdaEvents,
  type LambdaFunction,
} from 'isolambda';
import { VirtualClock } from 'isolambda/testing';

const options: FunctionOptions = {
  name: 'hello',
  code: { source: 'exports.handler = async ({ name }) => `Hello ${name}`' },
  timeoutMs: 1_000,
};

async function main(): Promise<void> {
  await using lambda = new Lambda({ seed: 1, clock: new VirtualClock() });
  const finished: LambdaEvents['invocation.finished'][] = [];
  lambda.on('invocation.finished', (event) => finished.push(event));

  const hello: LambdaFunction<{ name: string }, string> = await lambda.createFunction<
    { name: string },
    string
  >(options);
  const outcome: InvokeOutcome<string> = await hello.invoke({ name: 'Ada' });
  if (outcome.status === 'error') throw new HandlerError(outcome.error, outcome.requestId);
  if (finished.length !== 1) throw new Error('No event was emitted');
  console.log(outcome.result);
}

await main();
