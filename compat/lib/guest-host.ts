/** A process that runs deployments in guests, so that a native crash costs one file and not the run. */
import { Lambda } from 'isolambda';
import { outcomeOf } from './outcome.ts';
import type { FileOutcome, Plan } from './suite.ts';

const lambda = new Lambda({ blanks: 1, logEntries: 20 });
let count = 0;

process.on('message', (plan: Plan) => {
  void run(plan).then((outcome) => process.send?.(outcome));
});
process.on('disconnect', () => {
  void lambda.close().then(() => process.exit(0));
});
process.send?.('ready');

async function run(plan: Plan): Promise<FileOutcome> {
  try {
    const target = await lambda.createFunction({
      name: `compat-${(count += 1)}`,
      code: { dir: plan.directory },
      runtime: plan.runtime,
      memoryMb: 512,
      timeoutMs: plan.timeoutMs,
      cpuMs: plan.timeoutMs,
      allowWebAssembly: true,
    });
    let value: unknown;
    for (const step of plan.steps) {
      const outcome = await target.invoke({ step });
      if (outcome.status === 'error') {
        const { errorType, errorMessage } = outcome.error;
        return { kind: 'crashed', reason: `${errorType}: ${errorMessage}`.slice(0, 500) };
      }
      value = outcome.result;
    }
    await target.delete();
    return outcomeOf({ value });
  } catch (error) {
    return { kind: 'crashed', reason: `not deployed: ${String(error).slice(0, 500)}` };
  }
}
