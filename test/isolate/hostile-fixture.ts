import { expect } from 'vitest';
import {
  Lambda,
  type FunctionOptions,
  type InvokeOutcome,
  type Isolation,
  type LambdaFunction,
  type StopReason,
} from '../../src/index.ts';

export const tiers: readonly Isolation[] = ['inline', 'thread'];

/** Wall budget of a hostile function; the CPU budget that follows from it is the floor, 100 ms. */
const timeoutMs = 250;

/** No budget is exact on two busy cores; ten times is far more than scheduling ever takes. */
const slackMs = 10 * timeoutMs;

/** The body of an asynchronous handler. */
export const handler = (body: string): string => `exports.handler = async (event) => { ${body} };`;

/** Getters that never return, on an object that is thrown or rejected. */
export const hostileError =
  '{ get message() { for (;;); }, get stack() { for (;;); }, get name() { for (;;); } }';

export type HostileOptions = Partial<Omit<FunctionOptions, 'name' | 'code' | 'isolation'>> & {
  readonly format?: 'commonjs' | 'module';
};

/** One hostile function and a neighbour in the same tier. */
export interface Hostile extends AsyncDisposable {
  readonly lambda: Lambda;
  readonly evil: LambdaFunction;
  readonly neighbour: LambdaFunction;
  /** Why environments of the hostile function ended, in order. */
  readonly stops: readonly StopReason[];
  /** Environments that the hostile function ran in, in order. */
  readonly environmentIds: readonly string[];
}

export async function deployHostile(
  isolation: Isolation,
  source: string,
  options: HostileOptions = {},
): Promise<Hostile> {
  const { format = 'commonjs', ...rest } = options;
  const lambda = new Lambda({ blanks: 0 });
  const stops: StopReason[] = [];
  const environmentIds: string[] = [];
  lambda.on('environment.stopped', ({ environment, reason }) => {
    if (environment.functionName === 'evil') stops.push(reason);
  });
  lambda.on('invocation.started', ({ environment }) => {
    if (environment.functionName === 'evil') environmentIds.push(environment.environmentId);
  });
  const evil = await lambda.createFunction({
    name: 'evil',
    code: { source, format },
    isolation,
    memoryMb: 64,
    timeoutMs,
    initTimeoutMs: timeoutMs,
    ...rest,
  });
  const neighbour = await lambda.createFunction({
    name: 'neighbour',
    code: { source: handler('return event.n + 1;') },
    isolation,
    timeoutMs: 10_000,
  });
  await neighbour.call({ n: 0 });
  const dispose = () => lambda.close({ drainMs: 0 });
  return { lambda, evil, neighbour, stops, environmentIds, [Symbol.asyncDispose]: dispose };
}

/** Invokes the hostile function; the neighbour must answer meanwhile (`thread`) and afterwards (both). */
export async function attack(hostile: Hostile, event: unknown = {}): Promise<InvokeOutcome> {
  const { evil, neighbour } = hostile;
  const startedMs = performance.now();
  const attacked = evil.invoke(event);
  const meanwhile = neighbour.call({ n: 1 });
  const outcome = await attacked;
  const tookMs = performance.now() - startedMs;
  expect(await meanwhile).toBe(2);
  expect(await neighbour.call({ n: 2 })).toBe(3);
  const { timeoutMs: budgetMs } = evil.latest.settings;
  expect(tookMs).toBeLessThan(10 * budgetMs + slackMs);
  return outcome;
}

/** The error type of a failed outcome, or the payload where it went well. */
export function errorTypeOf(outcome: InvokeOutcome): string | undefined {
  return outcome.status === 'error' ? outcome.error.errorType : `ok: ${outcome.payloadJson}`;
}

export function expectTimedOut(outcome: InvokeOutcome, budgetMs: number = timeoutMs): void {
  expect(outcome).toMatchObject({
    status: 'error',
    error: {
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${outcome.requestId} Error: Task timed out after ${(budgetMs / 1_000).toFixed(2)} seconds`,
    },
    report: { status: 'timeout' },
  });
}

export function expectOutOfMemory(outcome: InvokeOutcome): void {
  expect(outcome).toMatchObject({
    status: 'error',
    error: {
      errorType: 'Runtime.OutOfMemory',
      errorMessage: `RequestId: ${outcome.requestId} Error: Runtime exited with error: signal: killed`,
    },
    report: { status: 'failure', errorType: 'Runtime.OutOfMemory' },
  });
}

/** What was killed is gone: the next invocation starts in an environment that nobody used. */
export async function expectFreshEnvironment(hostile: Hostile): Promise<void> {
  const before = new Set(hostile.environmentIds);
  await hostile.evil.invoke({});
  expect(before.has(hostile.environmentIds.at(-1) ?? '')).toBe(false);
}
