import type { Lambda, LambdaFunction } from 'isolambda';
import type { OrderEvent, OrderResult } from '../handlers/respond.ts';
import type { Checks } from './checks.ts';

export type OrderFunction = LambdaFunction<OrderEvent, OrderResult>;

export interface BothTiers {
  readonly thread: OrderFunction;
  readonly inline: OrderFunction;
}

export function handlerFile(name: string): URL {
  return new URL(`../handlers/${name}.ts`, import.meta.url);
}

/** The same TypeScript handler, once on a thread of its own and once inline on ours. */
export async function deployOrders(lambda: Lambda, checks: Checks): Promise<BothTiers> {
  const code = { file: handlerFile('orders') };
  const thread = await lambda.createFunction<OrderEvent, OrderResult>({ name: 'orders', code });
  const inline = await lambda.createFunction<OrderEvent, OrderResult>({
    name: 'orders-inline',
    code,
    isolation: 'inline',
  });
  checks.same(
    'the same code gives the same CodeSha256',
    inline.latest.codeSha256,
    thread.latest.codeSha256,
  );
  return { thread, inline };
}
