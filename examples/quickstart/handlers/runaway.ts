const prices = new Map([['BOOK-0042', 1_990]]);

/** Asks until it has a price. For what nobody sells, that is a loop without an end. */
export function handler({ sku }: { sku: string }): number | undefined {
  const lastAttempts: unknown[] = [];
  for (let attempt = 0; !prices.has(sku); attempt += 1) {
    lastAttempts[attempt % 100] = [sku, attempt];
  }
  return prices.get(sku);
}
