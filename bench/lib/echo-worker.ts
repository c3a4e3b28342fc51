import { parentPort } from 'node:worker_threads';

// The other half of the worker_threads baseline.
parentPort?.on('message', (json: string) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
  parentPort?.postMessage(JSON.stringify(JSON.parse(json)));
});
