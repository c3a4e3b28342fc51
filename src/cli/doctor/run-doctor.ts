import { exitCode } from '../exit-code.ts';
import type { CliIo } from '../io.ts';
import type { Terminal } from '../terminal.ts';
import type { Check } from './check.ts';
import { checkEngine } from './engine-checks.ts';
import { checkEsbuild, checkFlags, checkFolder, checkMachine, checkNode } from './host-checks.ts';

/** `isolambda doctor`: looks at everything, also after something failed. */
export async function runDoctor(
  { json }: { readonly json?: true },
  io: CliIo,
  terminal: Terminal,
): Promise<number> {
  const nodeOptions = io.env['NODE_OPTIONS']?.split(/\s+/).filter((one) => one !== '') ?? [];
  const checks: Check[] = [
    checkNode(process.versions.node),
    checkMachine(),
    checkFlags([...nodeOptions, ...process.execArgv]),
    await checkEsbuild(() => import('esbuild')),
    await checkFolder(io.cwd),
  ];
  terminal.progress('a child process tries to run away');
  checks.push(...(await checkEngine(io.env, io.signal)));
  const isWell = checks.every(({ status }) => status !== 'fail');
  if (json === true) await terminal.print(JSON.stringify({ ok: isWell, checks }, null, 2));
  else await terminal.print(checks.map((check) => shown(check, terminal)).join('\n'));
  return isWell ? exitCode.ok : exitCode.failed;
}

const colours = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

function shown({ name, status, detail, advice }: Check, terminal: Terminal): string {
  const line = `${terminal.resultStyle(colours[status], status.padEnd(4))}  ${name.padEnd(14)} ${detail}`;
  return advice === undefined ? line : `${line}\n${' '.repeat(21)}-> ${advice}`;
}
