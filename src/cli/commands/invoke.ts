import { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { exitCodesHelp } from '../exit-code.ts';
import { addFunctionOptions, type FunctionFlags } from '../function-flags.ts';
import { wholeNumber } from '../values.ts';

/** What the command line says; names as commander makes them of the options. */
export interface InvokeFlags extends FunctionFlags {
  readonly event: string;
  readonly handler?: string;
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
  const command = new Command('invoke')
    .summary('run a function once and print its result')
    .description(
      'Runs a function: an entry file (bundled with esbuild), a deployment folder, a zip, or a function of a template.',
    )
    .argument('[name-or-file]', 'file, folder, zip, or function of the template')
    .option('-e, --event <event>', 'file with the event, "-" for stdin, or the JSON itself', '{}')
    .option('--handler <name>', 'module and export, such as app.handler; not with a template');
  return addFunctionOptions(command)
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
