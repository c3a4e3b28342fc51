import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planCheckpoint, type ExecutionView } from '../../src/durable/checkpoint-plan.ts';
import { CheckpointError } from '../../src/durable/durable-errors.ts';
import {
  dueOf,
  hasEnded,
  isPending,
  type Operation,
  type OperationAction,
  type OperationStatus,
  type OperationType,
} from '../../src/durable/operation.ts';
import type { OperationUpdate } from '../../src/durable/operation-update.ts';
import { pageOf, replayed } from '../../src/durable/replay-state.ts';
import { afterTime, answered, withHeartbeat } from '../../src/durable/outside-transitions.ts';

const nowMs = 1_000_000;
const context = {
  nowMs,
  callbackId: (id: string) => `callback of ${id}`,
  chainedTarget: () => ({}),
};

const itself: Operation = {
  id: 'execution',
  sequence: 0,
  type: 'EXECUTION',
  status: 'STARTED',
  startedMs: 0,
  input: '{}',
};

function viewOf(...operations: readonly Operation[]): ExecutionView {
  const all = [itself, ...operations].map((operation) => [operation.id, operation] as const);
  return { operations: new Map(all), writtenBytes: 0, resultBytes: 6_291_456 };
}

function operationOf(type: OperationType, status: OperationStatus): Operation {
  return {
    id: 'it',
    sequence: 1,
    type,
    status,
    startedMs: 0,
    ...(type === 'CALLBACK' && {
      callback: { id: 'c', timeoutMs: 0, heartbeatTimeoutMs: 0, lastHeartbeatMs: 0 },
    }),
  };
}

/** An update that lacks nothing. */
function updateOf(type: OperationType, action: OperationAction): OperationUpdate {
  return {
    id: 'it',
    type,
    action,
    ...(action === 'RETRY' && { nextAttemptDelayMs: 1_000 }),
    ...(type === 'WAIT' && { waitMs: 1_000 }),
    ...(type === 'CHAINED_INVOKE' && { chained: { functionName: 'f' } }),
  };
}

const types = ['CONTEXT', 'STEP', 'WAIT', 'CALLBACK', 'CHAINED_INVOKE'] as const;
const statuses = [
  'none',
  'STARTED',
  'PENDING',
  'READY',
  'SUCCEEDED',
  'FAILED',
  'CANCELLED',
  'TIMED_OUT',
  'STOPPED',
] as const;
const actions = ['START', 'SUCCEED', 'FAIL', 'RETRY', 'CANCEL'] as const;

/** Every transition that AWS allows: type and status before, action and status after. Nothing else is. */
const allowed: Readonly<Record<string, string>> = {
  'CONTEXT none START': 'STARTED',
  'CONTEXT none SUCCEED': 'SUCCEEDED',
  'CONTEXT none FAIL': 'FAILED',
  'CONTEXT STARTED SUCCEED': 'SUCCEEDED',
  'CONTEXT STARTED FAIL': 'FAILED',
  'STEP none START': 'STARTED',
  'STEP none SUCCEED': 'SUCCEEDED',
  'STEP none FAIL': 'FAILED',
  'STEP none RETRY': 'PENDING',
  'STEP STARTED SUCCEED': 'SUCCEEDED',
  'STEP STARTED FAIL': 'FAILED',
  'STEP STARTED RETRY': 'PENDING',
  'STEP READY START': 'STARTED',
  'STEP READY SUCCEED': 'SUCCEEDED',
  'STEP READY FAIL': 'FAILED',
  'STEP READY RETRY': 'PENDING',
  'WAIT none START': 'STARTED',
  'WAIT STARTED CANCEL': 'CANCELLED',
  'CALLBACK none START': 'STARTED',
  'CHAINED_INVOKE none START': 'STARTED',
  'CHAINED_INVOKE STARTED CANCEL': 'CANCELLED',
};

describe('transitions', () => {
  const cases = types.flatMap((type) =>
    statuses.flatMap((status) => actions.map((action) => ({ type, status, action }))),
  );

  test.each(cases)('$type $status $action is as AWS has it', ({ type, status, action }) => {
    const view = status === 'none' ? viewOf() : viewOf(operationOf(type, status));
    const plan = (): unknown =>
      planCheckpoint(view, [updateOf(type, action)], context).operations[0]?.status;
    const after = allowed[`${type} ${status} ${action}`];
    if (after === undefined) expect(plan).toThrow(CheckpointError);
    else expect(plan()).toBe(after);
  });

  const step = operationOf('STEP', 'STARTED');
  const refusals: readonly [string, readonly Operation[], readonly Partial<OperationUpdate>[]][] = [
    ['Invalid current STEP state to start.', [step], [{ action: 'START' }]],
    [
      'Invalid current STEP state to close.',
      [operationOf('STEP', 'PENDING')],
      [{ action: 'FAIL' }],
    ],
    [
      'Invalid current STEP state to re-attempt.',
      [operationOf('STEP', 'SUCCEEDED')],
      [{ action: 'RETRY' }],
    ],
    ['Invalid StepOptions for the given action.', [step], [{ action: 'RETRY' }]],
    [
      'Cannot provide both error and payload to RETRY a STEP.',
      [step],
      [{ action: 'RETRY', nextAttemptDelayMs: 1_000, payload: '1', error: {} }],
    ],
    ['Cannot provide a Payload for FAIL action.', [step], [{ action: 'FAIL', payload: '1' }]],
    ['Cannot provide an Error for SUCCEED action.', [step], [{ action: 'SUCCEED', error: {} }]],
    ['Invalid action for the given operation type.', [], [{ type: 'WAIT', action: 'SUCCEED' }]],
    [
      'Cannot start a WAIT that already exist.',
      [operationOf('WAIT', 'STARTED')],
      [{ type: 'WAIT' }],
    ],
    [
      'Cannot cancel a WAIT that does not exist or has already completed.',
      [],
      [{ type: 'WAIT', action: 'CANCEL' }],
    ],
    ['Inconsistent operation type.', [step], [{ type: 'WAIT' }]],
    ['Inconsistent operation subtype.', [step], [{ action: 'FAIL', subType: 'Other' }]],
    ['Inconsistent operation name.', [step], [{ action: 'FAIL', name: 'other' }]],
    ['Invalid parent operation id.', [step], [{ id: 'child', parentId: 'it' }]],
    ['Invalid parent operation id.', [], [{ parentId: 'nobody' }]],
    [
      'Cannot checkpoint multiple operations with the same ID.',
      [],
      [{ action: 'SUCCEED' }, { action: 'SUCCEED' }],
    ],
    [
      'Cannot checkpoint multiple EXECUTION updates.',
      [],
      [
        { id: 'a', type: 'EXECUTION', action: 'SUCCEED' },
        { id: 'b', type: 'EXECUTION', action: 'SUCCEED' },
      ],
    ],
    [
      'EXECUTION checkpoint must be the last update.',
      [],
      [{ id: 'a', type: 'EXECUTION', action: 'SUCCEED' }, {}],
    ],
    ['WaitSeconds must be an integer from 1 to 31622400.', [], [{ type: 'WAIT', waitMs: 500 }]],
    [
      'Error object size must be less than 1048576 bytes.',
      [step],
      [{ action: 'FAIL', error: { errorMessage: 'x'.repeat(1_048_577) } }],
    ],
    [
      'STEP payload size must be less than or equal to 1048576 bytes.',
      [step],
      [{ action: 'SUCCEED', payload: 'x'.repeat(1_048_577) }],
    ],
  ];

  test.each(refusals)('%s', (message, operations, updates) => {
    const whole = updates.map((update) => ({
      id: 'it',
      type: 'STEP' as const,
      action: 'START' as const,
      ...update,
    }));
    expect(() => planCheckpoint(viewOf(...operations), whole, context)).toThrow(message);
  });

  test('an execution has 3,000 operations at most', () => {
    const many = Array.from({ length: 3_000 }, (_, index) => ({
      ...operationOf('CONTEXT', 'SUCCEEDED'),
      id: `op-${index}`,
      sequence: index + 1,
    }));
    expect(() => planCheckpoint(viewOf(...many), [updateOf('STEP', 'START')], context)).toThrow(
      /more than 3000 operations/,
    );
    const plan = planCheckpoint(viewOf(...many.slice(1)), [updateOf('STEP', 'START')], context);
    expect(plan.operations).toHaveLength(1);
  });

  test('an execution writes 100 MB at most', () => {
    const view = { ...viewOf(), writtenBytes: 104_857_600 };
    const start = updateOf('STEP', 'SUCCEED');
    expect(() => planCheckpoint(view, [{ ...start, payload: '1' }], context)).toThrow(
      /more than 104857600 bytes/,
    );
    expect(planCheckpoint(view, [start], context).operations).toHaveLength(1);
  });

  test('a step counts the attempts that ended, and keeps what the last one said', () => {
    const retry = updateOf('STEP', 'RETRY');
    const [first] = planCheckpoint(viewOf(), [{ ...retry, payload: '1' }], context).operations;
    expect(first).toMatchObject({ attempts: 1, result: '1', dueMs: nowMs + 1_000 });
    const ready = afterTime(first ?? itself, nowMs + 1_000)?.operation;
    expect(ready).toMatchObject({ status: 'READY', attempts: 1 });
    const next = planCheckpoint(
      viewOf(ready ?? itself),
      [updateOf('STEP', 'START'), { ...updateOf('STEP', 'SUCCEED'), payload: '2' }],
      context,
    );
    expect(next.operations).toMatchObject([{ status: 'SUCCEEDED', attempts: 2, result: '2' }]);
    expect(next.events.map(({ type, details }) => [type, details.attempt])).toEqual([
      ['StepStarted', undefined],
      ['StepSucceeded', 2],
    ]);
  });
});

/** Anything that can happen to an execution. */
type Happening =
  | { readonly kind: 'updates'; readonly updates: readonly OperationUpdate[] }
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'answer'; readonly id: string; readonly isGood: boolean }
  | { readonly kind: 'heartbeat'; readonly id: string };

const ids = fc.constantFrom('a', 'b', 'c', 'd');
const updates = fc
  .record({
    id: ids,
    type: fc.constantFrom(...types),
    action: fc.constantFrom(...actions),
    parentId: fc.option(ids, { nil: undefined, freq: 6 }),
    isLong: fc.boolean(),
  })
  .map(({ isLong, ...update }): OperationUpdate => {
    const ms = isLong ? 60_000 : 1_000;
    return {
      ...updateOf(update.type, update.action),
      ...update,
      ...(update.action === 'RETRY' && { nextAttemptDelayMs: ms }),
      ...(update.type === 'WAIT' && { waitMs: ms }),
      ...(update.type === 'CALLBACK' && { callback: { timeoutMs: ms, heartbeatTimeoutMs: 5_000 } }),
    };
  });
const happenings: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('updates' as const),
      updates: fc.array(updates, { maxLength: 4 }),
    }),
  },
  fc.record({ kind: fc.constant('time' as const), ms: fc.constantFrom(500, 1_000, 30_000) }),
  fc.record({ kind: fc.constant('answer' as const), id: ids, isGood: fc.boolean() }),
  fc.record({ kind: fc.constant('heartbeat' as const), id: ids }),
);

test('whatever happens: what has ended stays as it is, refusals change nothing, and no time is missed', () => {
  fc.assert(
    fc.property(fc.array(happenings, { maxLength: 30 }), (story) => {
      const operations = new Map([[itself.id, itself]]);
      let now = nowMs;
      let writtenBytes = 0;
      const put = (operation: Operation): void => {
        const before = operations.get(operation.id);
        if (before !== undefined) {
          expect(hasEnded(before), `${before.type} ${before.status} changed`).toBe(false);
          expect(operation.sequence).toBe(before.sequence);
          expect(operation.type).toBe(before.type);
        } else {
          expect(operation.sequence).toBe(operations.size);
        }
        operations.set(operation.id, operation);
      };
      for (const happening of story) {
        if (happening.kind === 'updates') {
          const before = new Map(operations);
          try {
            const view = { operations, writtenBytes, resultBytes: 1_000 };
            const plan = planCheckpoint(view, happening.updates, { ...context, nowMs: now });
            expect(plan.events).toHaveLength(happening.updates.length);
            for (const operation of plan.operations) put(operation);
            ({ writtenBytes } = plan);
          } catch (error) {
            expect(error).toBeInstanceOf(CheckpointError);
            expect(operations).toEqual(before);
          }
        } else if (happening.kind === 'time') {
          now += happening.ms;
          for (const operation of operations.values()) {
            const after = afterTime(operation, now);
            if (after !== undefined) put(after.operation);
          }
        } else {
          const operation = operations.get(happening.id);
          if (operation === undefined || operation.type === 'STEP' || operation.type === 'WAIT')
            continue;
          const after =
            happening.kind === 'heartbeat'
              ? withHeartbeat(operation, now)
              : answered(
                  operation,
                  happening.isGood
                    ? { status: 'SUCCEEDED', result: '1' }
                    : { status: 'FAILED', error: {} },
                  now,
                )?.operation;
          if (after !== undefined) put(after);
        }
        for (const operation of operations.values()) {
          if (happening.kind === 'time' && isPending(operation)) {
            expect(dueOf(operation) ?? Infinity).toBeGreaterThan(now);
          }
          if (hasEnded(operation)) expect(operation.endedMs).toBeDefined();
        }
      }
    }),
    { numRuns: 300 },
  );
});

describe('what a replay needs', () => {
  const child = (id: string, parentId: string, sequence: number): Operation => ({
    ...operationOf('CONTEXT', 'SUCCEEDED'),
    id,
    parentId,
    sequence,
  });
  const contextOf = (id: string, status: OperationStatus, replayChildren?: boolean): Operation => ({
    ...operationOf('CONTEXT', status),
    id,
    replayChildren,
  });

  test.each([
    ['open', contextOf('p', 'STARTED'), ['execution', 'p', 'c', 'g']],
    ['closed', contextOf('p', 'SUCCEEDED'), ['execution', 'p']],
    ['closed, and wants it', contextOf('p', 'SUCCEEDED', true), ['execution', 'p', 'c']],
  ])('leaves out what a context contains that is %s', (_, parent, expected) => {
    const open = parent.status === 'STARTED';
    const inner = { ...child('c', 'p', 2), ...(open && { status: 'STARTED' as const }) };
    const { operations } = viewOf(parent, inner, child('g', 'c', 3));
    expect(replayed(operations).map(({ id }) => id)).toEqual(expected);
  });

  test('comes in pages that together are all of it, in order', () => {
    fc.assert(
      fc.property(fc.nat({ max: 40 }), fc.integer({ min: 1, max: 7 }), (count, items) => {
        const all = Array.from({ length: count + 1 }, (_, sequence) => ({
          ...itself,
          id: `${sequence}`,
          sequence,
        }));
        const seen: Operation[] = [];
        for (let from: number | undefined = 0; from !== undefined;) {
          const page = pageOf(all, from, { items, bytes: 1_000_000 });
          expect(page.operations.length).toBeLessThanOrEqual(items);
          seen.push(...page.operations);
          from = page.next;
        }
        expect(seen).toEqual(all);
      }),
    );
  });

  test('has one operation a page at least, however large', () => {
    const large = { ...itself, input: 'x'.repeat(1_000) };
    const page = pageOf([large, { ...itself, sequence: 1 }], 0, { items: 10, bytes: 100 });
    expect(page).toMatchObject({ operations: [{ sequence: 0 }], next: 1 });
  });
});
