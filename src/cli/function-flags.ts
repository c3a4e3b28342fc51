import { Option, type Command } from 'commander';
import type { FunctionOptions } from '../index.ts';
import { list, pairs, wholeNumber } from './values.ts';

/** What `invoke` and `serve` say of functions; names as commander makes them of the options. */
export interface FunctionFlags {
  readonly template?: string;
  readonly parameterOverrides?: Readonly<Record<string, string>>;
  readonly runtime?: 'nodejs22.x' | 'nodejs24.x';
  readonly memory?: number;
  readonly timeout?: number;
  readonly cpu?: number;
  readonly envVars?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly allow?: readonly string[];
}

export function addFunctionOptions(command: Command): Command {
  return command
    .option('-t, --template <file>', 'template (default: template.yaml, .yml or .json)')
    .option(
      '--parameter-overrides <NAME=value>',
      'a parameter of the template; may be repeated',
      pairs,
    )
    .addOption(
      new Option('--runtime <name>', 'handler contract').choices(['nodejs24.x', 'nodejs22.x']),
    )
    .option('--memory <MB>', 'memory cap, 8 to 10240 (default: 128)', wholeNumber(8, 10_240))
    .option('--timeout <s>', 'time on the wall, 1 to 900 (default: 3)', wholeNumber(1, 900))
    .option(
      '--cpu <ms>',
      "computing time (default: AWS's share of a CPU within the timeout)",
      wholeNumber(1, 900_000),
    )
    .option(
      '-n, --env-vars <file>',
      'JSON with variables: { "Function": { "NAME": "value" } }, or "Parameters" for all functions',
    )
    .option('--env <NAME=value>', 'one variable; may be repeated', pairs)
    .option('--allow <host:port>', 'private address that functions may reach; repeatable', list);
}

/** Settings that the command line gives, and only those. */
export function settingsOf(flags: FunctionFlags): Partial<FunctionOptions> {
  const { memory, timeout, runtime, cpu, allow } = flags;
  return {
    ...(memory !== undefined && { memoryMb: memory }),
    ...(timeout !== undefined && { timeoutMs: timeout * 1_000 }),
    ...(cpu !== undefined && { cpuMs: cpu }),
    ...(runtime !== undefined && { runtime }),
    ...(allow !== undefined && { network: { mode: 'public', allow: [...allow] } }),
  };
}
