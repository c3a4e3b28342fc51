import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FileOutcome, Plan } from './suite.ts';

const host = fileURLToPath(new URL('guest-host.ts', import.meta.url));

/** One process with a `Lambda`; started when needed, and again after it died. */
export class GuestHost {
  #process: ChildProcess | undefined;

  /** Deploys, invokes step by step, deletes. One plan at a time. */
  async run(plan: Plan): Promise<FileOutcome> {
    const worker = await this.#start();
    const { promise, resolve } = Promise.withResolvers<FileOutcome>();
    const ended = (code: number | null, signal: string | null): void => {
      this.#process = undefined;
      resolve({ kind: 'crashed', reason: `the host process ended: ${signal ?? code}` });
    };
    worker.once('exit', ended);
    worker.once('message', (outcome: FileOutcome) => {
      resolve(outcome);
    });
    worker.send(plan);
    const stuck = setTimeout(() => worker.kill('SIGKILL'), 2 * plan.timeoutMs + 10_000);
    try {
      return await promise;
    } finally {
      clearTimeout(stuck);
      worker.removeAllListeners('message').off('exit', ended);
    }
  }

  close(): void {
    this.#process?.disconnect();
  }

  async #start(): Promise<ChildProcess> {
    if (this.#process !== undefined) return this.#process;
    const worker = fork(host, {
      execArgv: ['--no-warnings'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('exit', (code) => {
        reject(new Error(`The process for guests did not start: ${code}`));
      });
    });
    worker.removeAllListeners('exit');
    this.#process = worker;
    return worker;
  }
}
