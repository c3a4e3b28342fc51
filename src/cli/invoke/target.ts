import { fileURLToPath } from 'node:url';
import type { FunctionOptions, Lambda, LambdaFunction } from '../../index.ts';
import { codeOnDisk, isPath, needEsbuild } from '../code-on-disk.ts';
import type { InvokeFlags } from '../commands/invoke.ts';
import type { CliIo } from '../io.ts';
import type { Terminal } from '../terminal.ts';
import { readVariables } from '../variables.ts';

/** Deploys the one function that the command line names. */
export async function deployTarget(
  lambda: Lambda,
  nameOrFile: string | undefined,
  flags: InvokeFlags,
  io: CliIo,
  terminal: Terminal,
): Promise<LambdaFunction> {
  const file = nameOrFile ?? '.';
  const variablesOf = await readVariables(flags, io.cwd);
  isPath(file, io.cwd);
  const { name, path, code, handler, isBundled } = codeOnDisk(file, io.cwd, flags.handler);
  if (isBundled) needEsbuild(file, (module) => fileURLToPath(import.meta.resolve(module)));
  terminal.progress(`${isBundled ? 'bundling' : 'reading'} ${path}`);
  return lambda.createFunction({
    name,
    code,
    handler,
    environment: variablesOf(name),
    ...settings(flags),
  });
}

/** Settings that the command line gives, and only those. */
function settings(flags: InvokeFlags): Partial<FunctionOptions> {
  const { memory, timeout, runtime, cpu, allow } = flags;
  return {
    ...(memory !== undefined && { memoryMb: memory }),
    ...(timeout !== undefined && { timeoutMs: timeout * 1_000 }),
    ...(cpu !== undefined && { cpuMs: cpu }),
    ...(runtime !== undefined && { runtime }),
    ...(allow !== undefined && { network: { mode: 'public', allow: [...allow] } }),
  };
}
