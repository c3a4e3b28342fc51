import type { Context } from 'aws-lambda';
import { totalCents, type Order } from './order.ts';
import { respond, type OrderEvent, type OrderResult } from './respond.ts';

const bulkQuantity = 5;
const bulkDiscount = 0.1;

/** Second version: ten percent off an order of five pieces or more. */
export async function handler(event: OrderEvent, context: Context): Promise<OrderResult> {
  console.info('order event for %s:%s', context.functionName, context.functionVersion);
  return respond(event, price);
}

function price(order: Order): object {
  const pieces = order.items.reduce((sum, { quantity }) => sum + quantity, 0);
  const fullCents = totalCents(order);
  const discountCents = pieces >= bulkQuantity ? Math.round(fullCents * bulkDiscount) : 0;
  return { totalCents: fullCents - discountCents, discountCents };
}
