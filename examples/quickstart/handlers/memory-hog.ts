const cache: object[] = [];

/** A cache that nothing ever leaves. */
export function handler({ orders }: { orders: number }): number {
  for (let id = 0; id < orders; id += 1) {
    cache.push({
      id,
      lines: Array.from({ length: 20 }, (_, line) => ({ line, sku: `sku-${id}` })),
    });
  }
  return cache.length;
}
