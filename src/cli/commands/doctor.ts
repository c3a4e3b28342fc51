import { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { exitCodesHelp } from '../exit-code.ts';

const about = `
Each line is ok, warn (something is missing that not everybody needs) or fail (functions cannot run, or not
safely), with what to do next. One failure makes exit code 1.`;

export function doctorCommand({ io, terminal, end }: CommandContext): Command {
  return new Command('doctor')
    .summary('check that this machine can run functions')
    .description(
      'Checks Node, isolated-vm, flags, esbuild and SQLite, and proves in a child process that a runaway loop and a memory hog are stopped.',
    )
    .option('--json', 'the checks as JSON')
    .addHelpText('after', about + exitCodesHelp)
    .action(async (flags: { readonly json?: true }) => {
      const { runDoctor } = await import('../doctor/run-doctor.ts');
      end(await runDoctor(flags, io, terminal));
    });
}
