import { createContext, runInContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import type { Contender } from './interleave.ts';

/** What people would do without isolates: no memory cap, no CPU budget, or no latency. */
export class Baselines {
  readonly #worker = new Worker(new URL('echo-worker.ts', import.meta.url));

  /** Each takes JSON and gives JSON, as a handler's caller would. */
  contenders(event: object): Contender[] {
    const plain = (json: string): string => JSON.stringify(JSON.parse(json));
    const inVm = runInContext(
      '(json) => JSON.stringify(JSON.parse(json))',
      createContext(),
    ) as typeof plain;
    const overJson = (call: typeof plain) => (): unknown => JSON.parse(call(JSON.stringify(event)));
    return [
      { name: 'plain function call', isAsync: false, run: overJson(plain) },
      { name: 'node:vm', isAsync: false, run: overJson(inVm) },
      { name: 'worker_threads round trip', isAsync: true, run: () => this.#roundTrip(event) },
    ];
  }

  async #roundTrip(event: object): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#worker.once('message', resolve);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
    this.#worker.postMessage(JSON.stringify(event));
    return JSON.parse(await promise);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
