import { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { exitCodesHelp } from '../exit-code.ts';
import { addFunctionOptions, type FunctionFlags } from '../function-flags.ts';
import { wholeNumber } from '../values.ts';

/** What the command line says; names as commander makes them of the options. */
export interface ServeFlags extends FunctionFlags {
  readonly port: number;
  readonly host: string;
  readonly watch?: true;
  readonly storage?: string;
  readonly region: string;
  readonly account: string;
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly json?: true;
}

const about = `
Examples:
  isolambda serve                          the functions and APIs of template.yaml
  isolambda serve src/hello.ts src/bye.ts --watch
  isolambda serve --storage lambda.db      nothing yet: deploy with the AWS CLI, Terraform, an SDK

The AWS CLI and SDKs reach it with --endpoint-url or AWS_ENDPOINT_URL_LAMBDA. The only API of a template answers
at the same address; several have hosts of their own below localhost, as function URLs do.
Ctrl-C lets what runs end; a second one ends at once.`;

export function serveCommand({ io, terminal, end }: CommandContext): Command {
  const command = new Command('serve')
    .summary("serve AWS's API, function URLs and APIs over HTTP")
    .description(
      "Serves AWS's Lambda API on this machine, with the functions of files and of a template, its HTTP APIs, REST APIs and function URLs.",
    )
    .argument('[file...]', 'entry files, folders or zips that become functions')
    .option('-p, --port <port>', '0 takes a free one', wholeNumber(0, 65_535), 3001)
    .option('--host <host>', 'address to listen on', '127.0.0.1');
  return addFunctionOptions(command)
    .option('-w, --watch', 'deploy again what a changed file belongs to')
    .option('--storage <file>', 'SQLite file that keeps functions, events and queues')
    .option('--region <name>', 'region of every ARN', 'us-east-1')
    .option('--account <id>', 'account, twelve digits', '123456789012')
    .option('--access-key <id>', 'requests must be signed with this key ...')
    .option('--secret-key <key>', '... and this secret')
    .option('--json', 'what happens as lines of JSON on stdout')
    .addHelpText('after', about + exitCodesHelp)
    .action(async (files: readonly string[], flags: ServeFlags) => {
      // Only now is the library loaded.
      const { runServe } = await import('../serve/run-serve.ts');
      end(await runServe(files, flags, io, terminal));
    });
}
