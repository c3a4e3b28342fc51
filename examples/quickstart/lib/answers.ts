import type { InvokeOutcome, Lambda } from 'isolambda';
import type { OrderResult } from '../handlers/respond.ts';
import type { Checks } from './checks.ts';
import type { BothTiers, OrderFunction } from './deploy.ts';
import { readEvent } from './events.ts';
import { progressDone } from './progress.ts';
import { printTable } from './table.ts';

type Outcome = InvokeOutcome<OrderResult>;

const cases: Record<string, (outcome: Outcome) => string> = {
  'http-order': describeHttp,
  'http-invalid-order': describeHttp,
  'sqs-orders': (outcome) => `${failedMessages(outcome).length} of 2 messages goes back`,
  scheduled: (outcome) => (outcome.status === 'error' ? `${outcome.error.errorType}` : '?'),
};

/** Feeds every event file to both tiers, which must agree. */
export async function showAnswers(
  lambda: Lambda,
  { thread, inline }: BothTiers,
  checks: Checks,
): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const [name, describe] of Object.entries(cases)) {
    const start = rows.length === 0 ? 'cold' : 'warm';
    const answers: string[] = [];
    for (const [tier, orders] of Object.entries({ thread, inline })) {
      const outcome = await orders.invoke(readEvent(name));
      const { isCold, billedDurationMs } = outcome.report;
      rows.push([name, tier, isCold ? 'cold' : 'warm', describe(outcome), billedDurationMs]);
      checks.same(`${name} in ${tier} is a ${start} start`, isCold ? 'cold' : 'warm', start);
      checkAnswer(name, outcome, checks);
      answers.push(outcome.payloadJson);
    }
    checks.same(`${name} gets the same answer in both tiers`, answers[0], answers[1]);
  }
  progressDone();
  printTable(
    'What ran: one TypeScript handler with zod, bundled, fed from events/*.json',
    ['event', 'tier', 'start', 'answer', 'billed ms'],
    rows,
  );
  showTrace(await thread.invoke(readEvent('scheduled')), checks);
  showLog(lambda, thread, checks);
}

function checkAnswer(name: string, outcome: Outcome, checks: Checks): void {
  if (name === 'http-order') {
    checks.same('a good order is accepted at its price', bodyOf(outcome), {
      orderId: 'ord_7f3a9c21',
      totalCents: 8_460,
    });
  } else if (name === 'http-invalid-order') {
    const { problems } = bodyOf(outcome) as { problems?: string[] };
    const fields = problems?.map((problem) => problem.split(':')[0]);
    checks.same('a bad order is refused, field by field', fields, [
      'customer.email',
      'items.0.quantity',
    ]);
  } else if (name === 'sqs-orders') {
    const failed = failedMessages(outcome).map(({ itemIdentifier }) => itemIdentifier);
    checks.same('only the bad message goes back to the queue', failed, [
      '2e1424d4-f796-459a-8184-9c92662be6da',
    ]);
  }
}

/** The stack of an error names the TypeScript source, not the bundle. */
function showTrace(outcome: Outcome, checks: Checks): void {
  if (outcome.status === 'ok') {
    checks.that('an event of an unknown kind is an error', false);
    return;
  }
  const frames = outcome.error.trace?.slice(1) ?? [];
  console.log(`\n  ${outcome.error.errorType}: ${outcome.error.errorMessage.slice(0, 70)}...`);
  for (const frame of frames) console.log(`  ${frame}`);
  const [top = '', next = ''] = frames;
  checks.that(
    'the stack of a failed handler names lines of the TypeScript source',
    /respond\.ts:16:\d+/.test(top) && /orders\.ts:8:\d+/.test(next),
  );
}

function showLog(lambda: Lambda, orders: OrderFunction, checks: Checks): void {
  const messages = lambda.readLogs({ functionName: orders.name }).map(({ message }) => message);
  const report = messages.find((message) => message.startsWith('REPORT')) ?? '';
  console.log(
    `\n  ${report
      .replaceAll('\t', '  ')
      .replace(/RequestId: \S+ {2}/, '')
      .trim()}`,
  );
  checks.that('the log has AWS lines', /Init Duration: [\d.]+ ms/.test(report));
  checks.that(
    'the log has the lines of the handler',
    messages.some((message) => message.includes('order event for orders:$LATEST')),
  );
}

function describeHttp(outcome: Outcome): string {
  if (outcome.status === 'error') return outcome.error.errorMessage;
  const { result } = outcome;
  return 'statusCode' in result ? `HTTP ${result.statusCode}` : JSON.stringify(result);
}

/** The JSON that an HTTP client would read. */
export function bodyOf(outcome: Outcome): unknown {
  if (outcome.status === 'error' || !('body' in outcome.result)) return undefined;
  return JSON.parse(outcome.result.body ?? 'null') as unknown;
}

function failedMessages(outcome: Outcome): readonly { readonly itemIdentifier: string }[] {
  if (outcome.status === 'error' || !('batchItemFailures' in outcome.result)) return [];
  return outcome.result.batchItemFailures;
}
