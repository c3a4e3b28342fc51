import type { InvokeOutcome, Lambda } from 'isolambda';
import { bodyOf } from './answers.ts';
import type { Checks } from './checks.ts';
import { handlerFile } from './deploy.ts';
import { readEvent } from './events.ts';
import { progress, progressDone } from './progress.ts';
import type { LiveOrders } from './rollout.ts';
import { figure, printTable } from './table.ts';

/** Neighbour answers that a kill must at least leave room for; usually there are hundreds. */
const fewestAnswers = 20;

interface Killed {
  readonly name: string;
  readonly budget: string;
  readonly outcome: InvokeOutcome;
  readonly afterMs: number;
  /** Right answers of the neighbour while the other one ran. */
  readonly answers: number;
  readonly slowestMs: number;
}

/** Two functions go wrong while the order handler goes on answering beside them. */
export async function showContainment(
  lambda: Lambda,
  neighbour: LiveOrders,
  checks: Checks,
): Promise<void> {
  const runaway = await lambda.createFunction<{ sku: string }, number>({
    name: 'runaway',
    code: { file: handlerFile('runaway') },
    cpuMs: 300,
  });
  const hog = await lambda.createFunction<{ orders: number }, number>({
    name: 'memory-hog',
    code: { file: handlerFile('memory-hog') },
    memoryMb: 64,
    timeoutMs: 10_000,
    cpuMs: 10_000,
  });

  progress('a loop without an end, and a neighbour');
  const loop = await runBeside(neighbour, { name: runaway.name, budget: '300 ms CPU' }, () =>
    runaway.invoke({ sku: 'LOST-0001' }),
  );
  progress('a leak without an end, and a neighbour');
  const leak = await runBeside(neighbour, { name: hog.name, budget: '64 MB' }, () =>
    hog.invoke({ orders: 1e9 }),
  );
  progressDone();
  printKills([loop, leak]);

  checkKill(loop, 'Sandbox.Timedout', checks);
  checks.same(
    'the loop was ended by its CPU budget',
    loop.outcome.status === 'error' && loop.outcome.exhaustedBudget,
    'cpu',
  );
  checks.that(
    'the loop had its 300 ms and not much more',
    loop.afterMs > 290 && loop.afterMs < 2_000,
  );
  checkKill(leak, 'Runtime.OutOfMemory', checks);
  const priceCents = await runaway.call({ sku: 'BOOK-0042' });
  checks.same('the runaway function works again', priceCents, 1_990);
  checks.same('the leaking function works again, from nothing', await hog.call({ orders: 10 }), 10);
  checks.same('no thread was lost', lambda.stats().zombies, 0);
}

/** Calls the neighbour one request after the other until the bad one is over. */
async function runBeside(
  neighbour: LiveOrders,
  about: { readonly name: string; readonly budget: string },
  misbehave: () => Promise<InvokeOutcome>,
): Promise<Killed> {
  const event = readEvent('http-order');
  const startedMs = performance.now();
  const ended = { afterMs: 0 };
  const killed = misbehave().finally(() => {
    ended.afterMs = performance.now() - startedMs;
  });
  let answers = 0;
  let slowestMs = 0;
  while (ended.afterMs === 0) {
    const askedMs = performance.now();
    const outcome = await neighbour.invoke(event);
    slowestMs = Math.max(slowestMs, performance.now() - askedMs);
    const body = bodyOf(outcome) as { orderId?: string } | undefined;
    if (body?.orderId === 'ord_7f3a9c21' && ended.afterMs === 0) answers += 1;
  }
  return { ...about, outcome: await killed, ...ended, answers, slowestMs };
}

function checkKill(killed: Killed, errorType: string, checks: Checks): void {
  const { name, outcome, answers } = killed;
  checks.same(`${name} fails`, outcome.status === 'error' && outcome.error.errorType, errorType);
  checks.that(
    `the neighbour of ${name} answers at least ${fewestAnswers} times meanwhile, not ${answers}`,
    answers >= fewestAnswers,
  );
}

function printKills(kills: readonly Killed[]): void {
  printTable(
    'What was killed while orders:live went on answering',
    ['function', 'budget', 'errorType', 'after ms', 'neighbour answered', 'slowest ms'],
    kills.map(({ name, budget, outcome, afterMs, answers, slowestMs }) => [
      name,
      budget,
      outcome.status === 'error' ? `${outcome.error.errorType}` : 'not killed',
      figure(afterMs),
      answers,
      figure(slowestMs),
    ]),
  );
  for (const { name, outcome } of kills) {
    const message = outcome.status === 'error' ? outcome.error.errorMessage : outcome.payloadJson;
    console.log(`  ${name}: ${message.replace(/RequestId: \S+ /, '')}`);
  }
}
