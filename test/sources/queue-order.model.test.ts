import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Queue } from '../../src/brokers/queue.ts';
import { resolveHome } from '../../src/core/arn.ts';
import { Events } from '../../src/core/events.ts';
import { SeededIds } from '../../src/core/ids.ts';
import { seededRandom } from '../../src/core/random.ts';
import type { Target } from '../../src/functions/routing.ts';
import { InvokeFailure, InvokeSuccess, type InvokeOutcome } from '../../src/invoke/outcome.ts';
import { BatchCaller } from '../../src/sources/batch-caller.ts';
import type { MappingRecord } from '../../src/sources/mapping-record.ts';
import { resolveSettings } from '../../src/sources/mapping-rules.ts';
import { QueuePoller } from '../../src/sources/queue-poller.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { figures } from './fixture.ts';

type Step =
  | { readonly kind: 'send'; readonly group: number }
  | { readonly kind: 'restart' }
  | { readonly kind: 'advance'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('send' as const), group: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(40_000) }),
  },
);

/** How a function answers, over and over. */
const answers = fc.array(fc.constantFrom('ok', 'ok', 'error', 'report', 'busy', 'slow'), {
  minLength: 1,
  maxLength: 12,
});

const home = resolveHome({ region: 'us-east-1', accountId: '123456789012' });

test.each([
  ['standard', false],
  ['FIFO', true],
])(
  'every message of a %s queue is dealt with once and deleted, groups in order, whatever fails or stops',
  async (_kind, isFifo) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 40 }),
        answers,
        fc.integer({ min: 1, max: 10 }),
        fc.constantFrom(0, 5_000),
        async (steps, script, batchSize, windowMs) => {
          const clock = new VirtualClock();
          const ids = new SeededIds(seededRandom(7));
          const name = isFifo ? 'q.fifo' : 'q';
          const options = isFifo ? { fifo: true as const, contentBasedDedup: true } : {};
          const queue = new Queue(name, options, { clock, ids, home });
          const dealt: string[] = [];
          let calls = 0;
          const invoke = async (
            _target: unknown,
            { eventJson }: { readonly eventJson: string },
          ) => {
            calls += 1;
            const how = calls > 300 ? 'ok' : (script[calls % script.length] ?? 'ok');
            if (how === 'slow') await clockPause(clock, 1_000);
            return answer(eventJson, how, dealt);
          };
          const events = new Events();
          const caller = new BatchCaller({ clock, events, find: () => undefined, invoke });
          const settings = resolveSettings(
            { batchSize, windowMs: isFifo ? 0 : windowMs, reportItemFailures: true },
            { kind: 'queue', arn: queue.arn, isFifo },
          );
          const mapping = { id: 'm', functionName: 'f', sourceArn: queue.arn, settings };
          const begin = () =>
            new QueuePoller(
              {
                mapping: mapping as MappingRecord,
                target: { pick: () => ({}) } as unknown as Target,
                home,
                clock,
                ids,
                events,
                caller,
                onResult: () => {},
                onSourceGone: () => {},
              },
              queue,
            );
          let poller = begin();
          const sent: string[] = [];
          for (const one of steps) {
            if (one.kind === 'send') {
              const body = `${one.group}:${sent.length}`;
              await queue.send(body, isFifo ? { groupId: String(one.group) } : {});
              sent.push(body);
            } else if (one.kind === 'advance') {
              await clock.advance(one.ms);
            } else {
              await clock.runUntil(poller.stop());
              poller = begin();
            }
          }
          // Timers of a queue are set only while somebody waits, so this comes to an end.
          await clock.runAll();
          await poller.stop();
          expect(queue.size).toBe(0);
          expect(dealt.toSorted()).toEqual(sent.toSorted());
          if (!isFifo) return;
          for (const group of ['0', '1', '2', '3']) {
            const ofGroup = (list: readonly string[]) => list.filter((one) => one[0] === group);
            expect(ofGroup(dealt)).toEqual(ofGroup(sent));
          }
        },
      ),
      { numRuns: 50 },
    );
  },
);

/** What the function does with a batch: all of it, none of it, or the front of it. */
function answer(eventJson: string, how: string, dealt: string[]): InvokeOutcome {
  const { Records } = JSON.parse(eventJson) as {
    readonly Records: readonly { readonly messageId: string; readonly body: string }[];
  };
  if (how === 'busy') throw new Error('busy');
  if (how === 'error') {
    return new InvokeFailure('r', '$LATEST', { errorMessage: 'no' }, figures, undefined, false);
  }
  const middle = how === 'report' ? Math.floor(Records.length / 2) : Records.length;
  dealt.push(...Records.slice(0, middle).map(({ body }) => body));
  const batchItemFailures = Records.slice(middle).map(({ messageId }) => ({
    itemIdentifier: messageId,
  }));
  return new InvokeSuccess('r', '$LATEST', JSON.stringify({ batchItemFailures }), figures);
}

function clockPause(clock: VirtualClock, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.setTimer(resolve, ms, { label: 'a slow handler' });
  return promise;
}
