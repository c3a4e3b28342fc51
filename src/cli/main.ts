#!/usr/bin/env node
import { run } from './run.ts';

const { stdout, stderr, stdin, env } = process;
const stopping = new AbortController();

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The first one asks for an orderly end; the second one does not wait for it.
    if (stopping.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
    stopping.abort();
  });
}

// `isolambda ... | head` closes the pipe early; that is no mistake.
onBrokenPipe(stdout, () => process.exit());
// Logs that nobody reads are no reason to end.
onBrokenPipe(stderr, () => {});

process.exitCode = await run(process.argv.slice(2), {
  stdout,
  stderr,
  stdin,
  env,
  cwd: process.cwd(),
  signal: stopping.signal,
});

function onBrokenPipe(output: NodeJS.WriteStream, then: () => void): void {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    then();
  });
}
