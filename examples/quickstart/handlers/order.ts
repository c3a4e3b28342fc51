import { z } from 'zod';

/** What a shop sends us, whether over HTTP or through a queue. */
const orderSchema = z.object({
  orderId: z.string().regex(/^ord_[0-9a-z]{8}$/),
  customer: z.object({ email: z.email(), country: z.string().length(2) }),
  items: z
    .array(
      z.object({
        sku: z.string().min(1),
        quantity: z.int().min(1).max(999),
        unitCents: z.int().min(0),
      }),
    )
    .min(1),
  placedAt: z.iso.datetime(),
});

export type Order = z.infer<typeof orderSchema>;

export type Parsed =
  | { readonly ok: true; readonly order: Order }
  | { readonly ok: false; readonly problems: readonly string[] };

export function parseOrder(json: string): Parsed {
  const result = orderSchema.safeParse(parseJson(json));
  if (result.success) return { ok: true, order: result.data };
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return { ok: false, problems };
}

/** Text that is not JSON becomes `undefined`, which the schema refuses with a reason. */
function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

export function totalCents(order: Order): number {
  return order.items.reduce((sum, { quantity, unitCents }) => sum + quantity * unitCents, 0);
}
