import { sameAsNode } from './node-table.ts';

sameAsNode('the order of ticks', [
  // Ticks run when the code of an entry is done, before the reactions of promises.
  `new Promise((resolve) => setImmediate(() => {
    const order = [];
    Promise.resolve().then(() => order.push('promise'));
    queueMicrotask(() => order.push('microtask'));
    process.nextTick((a, b) => { order.push('tick', a, b); process.nextTick(() => order.push('nested tick')); }, 1, 2);
    setImmediate(() => resolve(order));
    order.push('code');
  }))`,
  `new Promise((resolve) => {
    const order = [];
    Promise.resolve().then(() => { process.nextTick(() => order.push('tick')); order.push('promise'); });
    setImmediate(() => resolve(order));
  })`,
  `thrown(() => process.nextTick(5))`,
]);
