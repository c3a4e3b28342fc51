import { expect, test, vi } from 'vitest';
import { Events } from '../../src/core/events.ts';
import { RandomIds } from '../../src/core/ids.ts';
import { DurableEngine } from '../../src/durable/engine.ts';
import type { ResolvedTarget } from '../../src/functions/routing.ts';
import { InvokeSuccess } from '../../src/invoke/outcome.ts';
import { Report } from '../../src/invoke/report.ts';
import { MemoryStateStore } from '../../src/storage/memory-state-store.ts';
import type { StateChanges } from '../../src/storage/state-store.ts';
import { VirtualClock } from '../../src/testing/index.ts';

const arn = 'arn:aws:lambda:us-east-1:123456789012:function:orders:1';

const target = {
  version: {
    functionName: 'orders',
    version: '1',
    arn,
    config: { durable: { executionTimeoutMs: 86_400_000, retentionDays: 1 }, memoryMb: 128 },
  },
  invokedArn: arn,
  alias: undefined,
} as unknown as ResolvedTarget;

const report = new Report({
  requestId: 'r',
  durationMs: 1,
  initDurationMs: undefined,
  cpuMs: 1,
  memoryMb: 128,
  peakMemoryBytes: 1,
  status: 'success',
  errorType: undefined,
});

/** Fails as often as it is told to. */
class FailingStateStore extends MemoryStateStore {
  failures = 0;

  override async write(changes: StateChanges): Promise<void> {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('disk full');
    }
    await super.write(changes);
  }
}

/** The answer of a handler, as its function gives it. */
function answer(output: object): InvokeSuccess {
  return new InvokeSuccess('r', '1', JSON.stringify(output), report);
}

test('an execution goes on when a storage that failed works again', async () => {
  const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const clock = new VirtualClock();
  const state = new FailingStateStore();
  const handler = vi.fn(async (eventJson: string) => {
    const {
      DurableExecutionArn: executionArn,
      CheckpointToken: token,
      InitialExecutionState,
    } = JSON.parse(eventJson) as {
      DurableExecutionArn: string;
      CheckpointToken: string;
      InitialExecutionState: { Operations: { Status: string }[] };
    };
    const [, wait] = InitialExecutionState.Operations;
    if (wait?.Status === 'SUCCEEDED') return answer({ Status: 'SUCCEEDED', Result: '7' });
    const updates = [{ id: 'w', type: 'WAIT', action: 'START', waitMs: 60_000 }] as const;
    await engine.checkpoints.checkpoint({ executionArn, token, updates });
    return answer({ Status: 'PENDING' });
  });
  const engine = new DurableEngine({
    home: { partition: 'aws', region: 'us-east-1', accountId: '123456789012' },
    clock,
    ids: new RandomIds(),
    events: new Events(),
    state,
    pick: () => target,
    resolve: () => target,
    invoke: (_target, { eventJson }) => handler(eventJson),
    deadLetterOf: () => undefined,
    sendLetter: async () => {},
  });
  const execution = await engine.start(target, {
    name: 'a',
    requestId: 'r',
    eventJson: '{}',
    isSync: false,
  });
  await clock.advance(1);
  expect(execution.history.map(({ type }) => type)).toEqual([
    'ExecutionStarted',
    'WaitStarted',
    'InvocationCompleted',
  ]);
  // The wait is over, then the invocation should begin: both cannot be kept at first.
  state.failures = 3;
  await clock.advance(60_000);
  expect(execution.head.status).toBe('RUNNING');
  await clock.advance(10_000);
  expect(execution.head).toMatchObject({ status: 'SUCCEEDED', result: '7' });
  expect(handler).toHaveBeenCalledTimes(2);
  expect(warnings).toHaveBeenCalledTimes(3);
  await engine.close();
  warnings.mockRestore();
});

test('an execution that cannot be kept is refused, and its name is free', async () => {
  const state = new FailingStateStore();
  const engine = new DurableEngine({
    home: { partition: 'aws', region: 'us-east-1', accountId: '123456789012' },
    clock: new VirtualClock(),
    ids: new RandomIds(),
    events: new Events(),
    state,
    pick: () => target,
    resolve: () => target,
    invoke: () => answer({ Status: 'SUCCEEDED' }),
    deadLetterOf: () => undefined,
    sendLetter: async () => {},
  });
  const request = { name: 'a', requestId: 'r', eventJson: '1', isSync: false };
  state.failures = 1;
  await expect(engine.start(target, request)).rejects.toThrow('disk full');
  const started = await engine.start(target, { ...request, eventJson: '2' });
  await started.ended;
  expect(started.head.status).toBe('SUCCEEDED');
  await engine.close();
});
