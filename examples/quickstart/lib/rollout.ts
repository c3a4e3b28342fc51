import type { Alias } from 'isolambda';
import type { OrderEvent, OrderResult } from '../handlers/respond.ts';
import { bodyOf } from './answers.ts';
import type { Checks } from './checks.ts';
import { handlerFile, type OrderFunction } from './deploy.ts';
import { readEvent } from './events.ts';
import { progress, progressDone } from './progress.ts';
import { printTable } from './table.ts';

export type LiveOrders = Alias<OrderEvent, OrderResult>;

const requests = 1_000;
/** What the two versions ask for the same order: the second gives a discount. */
const prices: Record<string, number> = { '1': 8_460, '2': 7_614 };

/** Publishes two versions and sends a tenth of the requests to the second. */
export async function showRollout(orders: OrderFunction, checks: Checks): Promise<LiveOrders> {
  progress('publishing two versions');
  const first = await orders.publishVersion({ description: 'full price' });
  await orders.update({ code: { file: handlerFile('orders-with-discount') } });
  const second = await orders.publishVersion({ description: 'discount from five pieces' });
  const again = await orders.publishVersion();
  checks.same('versions are numbered', [first.version, second.version], ['1', '2']);
  checks.same('publishing unchanged code gives the version that is there', again.version, '2');
  checks.that(
    'other code has another CodeSha256',
    first.info.codeSha256 !== second.info.codeSha256,
  );

  const live = await orders.createAlias('live', { version: '1', weights: { '2': 0.1 } });
  const served = new Map<string, number>();
  let wrongPrices = 0;
  for (let request = 0; request < requests; request += 1) {
    if (request % 100 === 0) progress(`alias live, ${request} of ${requests}`);
    const outcome = await live.invoke(readEvent('http-order'));
    const { executedVersion } = outcome;
    served.set(executedVersion, (served.get(executedVersion) ?? 0) + 1);
    const { totalCents } = bodyOf(outcome) as { totalCents?: number };
    if (totalCents !== prices[executedVersion]) wrongPrices += 1;
  }
  const share = (served.get('2') ?? 0) / requests;
  checks.same('every request was served by version 1 or 2', [...served.keys()].toSorted(), [
    '1',
    '2',
  ]);
  checks.that(
    `about a tenth goes to version 2, not ${share * 100} %`,
    share > 0.07 && share < 0.13,
  );
  checks.same('every answer has the price of the version that gave it', wrongPrices, 0);

  progressDone();
  printTable(
    `Rollout: ${requests} requests to orders:live, 90/10`,
    ['version', 'what it does', 'price of the order', 'weight', 'served'],
    [first, second].map(({ version, info }) => [
      version,
      info.description,
      `${((prices[version] ?? 0) / 100).toFixed(2)} EUR`,
      version === '2' ? 0.1 : 0.9,
      served.get(version) ?? 0,
    ]),
  );
  return live;
}
