import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { doctorCommand } from './commands/doctor.ts';
import { generateEventCommand } from './commands/generate-event.ts';
import { invokeCommand } from './commands/invoke.ts';
import { serveCommand } from './commands/serve.ts';
import { exitCodesHelp } from './exit-code.ts';

/** The command line with all its commands. Loads nothing of the library: `--help` and `doctor` work without it. */
export function createProgram(context: CommandContext): Command {
  const { io } = context;
  const program = new Command('isolambda')
    .description('AWS Lambda on your machine, in V8 isolates')
    .version(version(), '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('(isolambda --help, or --help behind a command, lists what there is)')
    .helpCommand(false)
    .addHelpText('after', exitCodesHelp);
  // Settings of the parent are copied when a command is made by it, so they are copied by hand here.
  for (const create of [invokeCommand, serveCommand, generateEventCommand, doctorCommand]) {
    program.addCommand(create(context));
  }
  inherit(program);
  return program;
}

function inherit(parent: Command): void {
  for (const child of parent.commands) {
    child.copyInheritedSettings(parent);
    inherit(child);
  }
}

function version(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
