import { Command, Option } from 'commander';
import { exitCodesHelp } from '../exit-code.ts';
import type { CommandContext } from '../command-context.ts';
import { list, pairs, wholeNumber } from '../values.ts';

/** What the command line says; names as commander makes them of the options. */
export interface InvokeFlags {
  readonly event: string;
  readonly template?: string;
  readonly handler?: string;
  readonly runtime?: 'nodejs22.x' | 'nodejs24.x';
  readonly memory?: number;
  readonly timeout?: number;
  readonly cpu?: number;
  readonly envVars?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly parameterOverrides?: Readonly<Record<string, string>>;
  readonly allow?: readonly string[];
  readonly clientContext?: string;
  readonly cold?: true;
  readonly repeat: number;
  readonly stream?: true;
  readonly tail?: true;
  readonly json?: true;
}

const examples = `
Examples:
  isolambda invoke src/handler.ts -e event.json
  isolambda invoke Orders --event '{"id": 1}'           a function of template.yaml
  isolambda generate-event sqs receive-message | isolambda invoke src/handler.ts -e -
  isolambda invoke dist/ --handler app.handler --repeat 20 --json | jq .report.durationMs

The result goes to stdout, the log (START to REPORT) to stderr.`;

export function invokeCommand({ io, terminal, end }: CommandContext): Command {
  return new Command('invoke')
    .summary('run a function once and print its result')
    .description(
      'Runs a function: an entry file (bundled with esbuild), a deployment folder, a zip, or a function of a template.',
    )
    .argument('[name-or-file]', 'file, folder, zip, or logical id in the template')
    .option('-e, --event <event>', 'file with the event, "-" for stdin, or the JSON itself', '{}')
    .option('-t, --template <file>', 'template (default: template.yaml, .yml or .json)')
    .option('--handler <name>', 'module and export, such as app.handler')
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
    .option(
      '--parameter-overrides <NAME=value>',
      'a parameter of the template; may be repeated',
      pairs,
    )
    .option('--allow <host:port>', 'private address that the function may reach; repeatable', list)
    .option('--client-context <json>', 'context.clientContext: JSON, or base64 of it')
    .option('--cold', 'a new environment each time')
    .option('--repeat <n>', 'how often, one after the other', wholeNumber(1, 1_000_000), 1)
    .option('--stream', 'print the response while the handler writes it')
    .option('--tail', "only the last 4 KB of the log, once it ended, as AWS's LogType Tail")
    .option('--json', 'one line of JSON for each invocation: payload, report and log')
    .addHelpText('after', examples + exitCodesHelp)
    .action(async (nameOrFile: string | undefined, flags: InvokeFlags) => {
      // Only now is the library loaded.
      const { runInvoke } = await import('../invoke/run-invoke.ts');
      end(await runInvoke(nameOrFile, flags, io, terminal));
    });
}
