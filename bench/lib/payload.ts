/** An event of about that many bytes as JSON: an order with as many lines as it takes. */
export function payloadOf(bytes: number): object {
  const lines: object[] = [];
  const order = { orderId: 'ord_7f3a9c21', isPaid: true, lines };
  for (let sku = 1; JSON.stringify(order).length < bytes - 30; sku += 1) {
    lines.push({ sku: `BOOK-${1_000 + sku}`, quantity: sku % 7, price: 19.9 });
  }
  return order;
}

/** JSON of an event with about that many bytes is called that. */
export function sizeName(bytes: number): string {
  return bytes < 1_000 ? `${bytes} B` : `${bytes / 1_000} KB`;
}
