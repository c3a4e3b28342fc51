import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Stream } from '../../src/brokers/stream.ts';
import { resolveHome } from '../../src/core/arn.ts';
import { Events } from '../../src/core/events.ts';
import { SeededIds } from '../../src/core/ids.ts';
import type { Target } from '../../src/functions/routing.ts';
import { InvokeFailure, InvokeSuccess, type InvokeOutcome } from '../../src/invoke/outcome.ts';
import { BatchCaller } from '../../src/sources/batch-caller.ts';
import type { MappingRecord } from '../../src/sources/mapping-record.ts';
import { resolveSettings } from '../../src/sources/mapping-rules.ts';
import { StreamPoller } from '../../src/sources/stream-poller.ts';
import { StreamProgress } from '../../src/sources/stream-progress.ts';
import { kinesisFormat } from '../../src/sources/stream-records.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { figures } from './fixture.ts';

type Step =
  | { readonly kind: 'put'; readonly keys: readonly number[] }
  | { readonly kind: 'split' | 'merge' | 'restart' }
  | { readonly kind: 'advance'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      keys: fc.array(fc.nat(5), { minLength: 1, maxLength: 12 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('split', 'merge', 'restart') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(5_000) }) },
);

/** How a function answers, over and over: what it fails, what it reports, what it is throttled for. */
const answers = fc.array(fc.constantFrom('ok', 'ok', 'error', 'report', 'busy'), {
  minLength: 1,
  maxLength: 12,
});

const home = resolveHome({ region: 'us-east-1', accountId: '123456789012' });

test('every record is dealt with once, those of one key in order, whatever fails, splits, merges or stops', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      answers,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 7 }),
      fc.boolean(),
      async (steps, script, factor, batchSize, bisectOnError) => {
        const clock = new VirtualClock();
        const ids = new SeededIds(() => 0.5);
        const stream = new Stream('clicks', { shards: 2 }, { clock, home });
        const dealt: string[] = [];
        let calls = 0;
        const invoke = (_target: unknown, { eventJson }: { readonly eventJson: string }) =>
          answer(eventJson, script[calls++ % script.length] ?? 'ok', calls > 400, dealt);
        const caller = new BatchCaller({
          clock,
          events: new Events(),
          find: () => undefined,
          invoke,
        });
        const settings = resolveSettings(
          {
            startingPosition: 'TRIM_HORIZON',
            batchSize,
            bisectOnError,
            parallelizationFactor: factor,
            reportItemFailures: true,
          },
          { kind: 'stream', arn: stream.arn, isFifo: false },
        );
        const progress = new StreamProgress();
        const begin = () =>
          new StreamPoller(
            {
              mapping: {
                id: 'm',
                functionName: 'f',
                sourceArn: stream.arn,
                settings,
              } as MappingRecord,
              target: { pick: () => ({}) } as unknown as Target,
              home,
              clock,
              ids,
              events: new Events(),
              caller,
              progress,
              deliverFailure: async () => {},
              onResult: () => {},
              onSourceGone: () => {},
            },
            stream,
            kinesisFormat({ streamArn: stream.arn, region: home.region, roleArn: () => 'role' }),
          );
        let poller = begin();
        const sent: string[] = [];
        for (const one of steps) {
          if (one.kind === 'put') {
            const records = one.keys.map((key, index) => ({
              partitionKey: String(key),
              data: `${key}:${sent.length + index}`,
            }));
            await stream.putRecords(records);
            sent.push(...records.map(({ data }) => data));
          } else if (one.kind === 'advance') {
            await clock.advance(one.ms);
          } else if (one.kind === 'restart') {
            await poller.stop();
            poller = begin();
          } else {
            await reshard(stream, one.kind);
          }
        }
        await clock.runAll();
        await poller.stop();
        expect(dealt.toSorted()).toEqual(sent.toSorted());
        for (const key of new Set(sent.map(keyOf))) {
          const ofKey = (list: readonly string[]): string[] => list.filter((d) => keyOf(d) === key);
          expect(ofKey(dealt)).toEqual(ofKey(sent));
        }
      },
    ),
    { numRuns: 60 },
  );
});

/** What the function does with a batch; `isLate` ends every series of failures. */
function answer(eventJson: string, how: string, isLate: boolean, dealt: string[]): InvokeOutcome {
  const { Records } = JSON.parse(eventJson) as {
    readonly Records: readonly {
      readonly kinesis: { readonly data: string; readonly sequenceNumber: string };
    }[];
  };
  const texts = Records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString());
  if (how === 'busy' && !isLate) throw new Error('busy');
  if (how === 'error' && !isLate) {
    const error = { errorMessage: 'no' };
    return new InvokeFailure('r', '$LATEST', error, figures, undefined, false);
  }
  const middle = how === 'report' && !isLate ? Math.floor(Records.length / 2) : Records.length;
  dealt.push(...texts.slice(0, middle));
  const failed = Records[middle]?.kinesis.sequenceNumber;
  const result = failed === undefined ? null : { batchItemFailures: [{ itemIdentifier: failed }] };
  return new InvokeSuccess('r', '$LATEST', JSON.stringify(result), figures);
}

async function reshard(stream: Stream, kind: 'split' | 'merge'): Promise<void> {
  const shards = await stream.listShards();
  const open = shards
    .filter(({ sequenceNumberRange }) => sequenceNumberRange.endingSequenceNumber === undefined)
    .toSorted((a, b) => (startOf(a) < startOf(b) ? -1 : 1));
  const [first, second] = open;
  if (first === undefined) return;
  if (kind === 'split') await stream.splitShard(first.shardId);
  else if (second !== undefined) await stream.mergeShards(first.shardId, second.shardId);
}

function startOf(shard: { readonly hashKeyRange?: { readonly startingHashKey: string } }): bigint {
  return BigInt(shard.hashKeyRange?.startingHashKey ?? 0);
}

function keyOf(data: string): string {
  return data.split(':')[0] ?? '';
}
