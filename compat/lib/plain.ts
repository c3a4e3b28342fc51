import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { outcomeOf } from './outcome.ts';
import type { FileOutcome, Plan } from './suite.ts';

const child = fileURLToPath(new URL('plain-child.cjs', import.meta.url));
const maxErrorLength = 2_000;

/** Runs a deployment in a process of its own, in plain Node. */
export function runInNode(plan: Plan): Promise<FileOutcome> {
  const { promise, resolve } = Promise.withResolvers<FileOutcome>();
  const worker = spawn(
    process.execPath,
    ['--no-warnings', child, plan.directory, plan.steps.join(',')],
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe'], timeout: plan.timeoutMs * plan.steps.length },
  );
  let answer = '';
  let errors = '';
  worker.stdio[3]?.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  worker.stderr?.on('data', (chunk: Buffer) => {
    if (errors.length < maxErrorLength) errors += chunk.toString();
  });
  worker.on('error', (error) => {
    resolve({ kind: 'crashed', reason: error.message });
  });
  worker.on('close', (code, signal) => {
    if (answer !== '') resolve(outcomeOf(JSON.parse(answer)));
    else if (signal !== null) resolve({ kind: 'crashed', reason: `ended by ${signal}` });
    else resolve({ kind: 'crashed', reason: `exit code ${code}: ${firstError(errors)}` });
  });
  return promise;
}

function firstError(text: string): string {
  const line = text
    .split('\n')
    .find((candidate) => /^\s*[\w.]*(Error|Exception)\b/.test(candidate));
  return (line ?? text).trim().slice(0, 300);
}
