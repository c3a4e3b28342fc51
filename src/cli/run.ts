import { CommanderError } from 'commander';
import { exitCode, RefusedError, UsageError } from './exit-code.ts';
import type { CliIo } from './io.ts';
import { createProgram } from './program.ts';
import { Terminal } from './terminal.ts';

/** Runs one command line, without the name of the program in front; gives the exit code. */
export async function run(argv: readonly string[], io: CliIo): Promise<number> {
  const terminal = new Terminal(io);
  let code: number = exitCode.ok;
  const program = createProgram({ io, terminal, end: (ended) => (code = ended) });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    return codeOf(error, io, terminal);
  }
}

function codeOf(error: unknown, io: CliIo, terminal: Terminal): number {
  // Commander has said it already. Its own code for wrong usage is 1.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
  if (io.signal.aborted) return exitCode.interrupted;
  terminal.say(`${terminal.style('red', 'error:')} ${shown(error)}`);
  return error instanceof UsageError ? exitCode.usage : exitCode.failed;
}

/** What was refused needs no stack; a fault of isolambda does. */
function shown(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isRefusal = error instanceof RefusedError || error instanceof UsageError;
  const hasCode = typeof (error as { code?: unknown }).code === 'string';
  return isRefusal || hasCode ? error.message : (error.stack ?? error.message);
}
