import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fail, type Check } from './check.ts';
import type { EngineLine } from './engine-child.ts';

/** A guest that cannot be stopped would keep the child for ever. */
const patienceMs = 60_000;

/** How the child ended. */
export interface ChildEnd {
  readonly stdout: string;
  readonly stderr: string;
  /** `exit code 134`, `signal SIGABRT`; undefined when it ended as it should. */
  readonly death: string | undefined;
}

/** Runs `engine-child` beside this file, in this Node with this environment. */
export async function checkEngine(
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Check[]> {
  return checksOf(await runChild(env, signal));
}

function runChild(
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<ChildEnd> {
  // In a checkout it is TypeScript, in the package JavaScript.
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
  const child = fileURLToPath(new URL(`./engine-child${extension}`, import.meta.url));
  // Not `Promise.withResolvers`: a Node that is too old for the library gets its answer here too.
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [...process.execArgv, child],
      { env: { ...env }, timeout: patienceMs, killSignal: 'SIGKILL', signal },
      (error, stdout, stderr) => {
        if (signal.aborted) reject(signal.reason as Error);
        else resolve({ stdout, stderr, death: error === null ? undefined : deathOf(error) });
      },
    );
  });
}

function deathOf(error: Error & { code?: unknown; signal?: unknown; killed?: boolean }): string {
  if (error.killed === true) return `no end after ${patienceMs / 1_000} s`;
  if (typeof error.signal === 'string') return `signal ${error.signal}`;
  return `exit code ${String(error.code)}`;
}

/** What the child saw; where it died, that is a failure of what it was doing. */
export function checksOf({ stdout, stderr, death }: ChildEnd): Check[] {
  const lines = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as EngineLine);
  const checks = lines.flatMap((line) => ('saw' in line ? [line.saw] : []));
  const begun = lines.flatMap((line) => ('begins' in line ? [line.begins] : []));
  const unfinished = begun.find((name) => checks.every((check) => check.name !== name));
  const hasFailure = checks.some(({ status }) => status === 'fail');
  if (unfinished === undefined && (death === undefined || hasFailure)) return checks;
  const lastWords = stderr.trim().split('\n').slice(-3).join(' | ');
  const name = unfinished ?? 'engine';
  const detail = `the child process ended with ${death ?? 'nothing said'}: ${lastWords}`;
  return [...checks, fail(name, detail, 'reinstall isolated-vm for this Node: npm rebuild')];
}
