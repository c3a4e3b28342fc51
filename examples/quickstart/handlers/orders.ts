import type { Context } from 'aws-lambda';
import { totalCents } from './order.ts';
import { respond, type OrderEvent, type OrderResult } from './respond.ts';

/** First version: the price is what the items cost. */
export async function handler(event: OrderEvent, context: Context): Promise<OrderResult> {
  console.info('order event for %s:%s', context.functionName, context.functionVersion);
  return respond(event, (order) => ({ totalCents: totalCents(order) }));
}
