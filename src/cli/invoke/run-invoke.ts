import { Lambda, type InvokeOptions } from '../../index.ts';
import type { InvokeFlags } from '../commands/invoke.ts';
import { exitCode } from '../exit-code.ts';
import type { CliIo } from '../io.ts';
import { readClientContext, readEvent } from '../read-input.ts';
import type { Terminal } from '../terminal.ts';
import { InvocationLog } from './invocation-log.ts';
import { invokeOnce, type Invoked } from './invoke-once.ts';
import { summary } from './summary.ts';
import { deployTarget } from './target.ts';

/** `isolambda invoke`: deploys, invokes as often as asked, says whether all went well. */
export async function runInvoke(
  nameOrFile: string | undefined,
  flags: InvokeFlags,
  io: CliIo,
  terminal: Terminal,
): Promise<number> {
  const event = await readEvent(flags.event, io);
  const options: InvokeOptions = {
    cold: flags.cold === true,
    signal: io.signal,
    ...(flags.clientContext !== undefined && {
      clientContext: readClientContext(flags.clientContext),
    }),
  };
  // What the command printed is the log; nobody reads it again.
  const lambda = new Lambda({ logEntries: 0 });
  try {
    const target = await deployTarget(lambda, nameOrFile, flags, { io, terminal });
    const log = new InvocationLog(lambda, target.name, terminal, flags);
    const all: Invoked[] = [];
    for (let round = 1; round <= flags.repeat; round += 1) {
      all.push(await invokeOnce({ target, event, options, flags, terminal, log }));
    }
    if (flags.repeat > 1 && flags.json !== true) terminal.say(summary(all));
    return all.some(({ isOk }) => !isOk) ? exitCode.failed : exitCode.ok;
  } finally {
    await lambda.close({ drainMs: io.signal.aborted ? 0 : 30_000 });
  }
}
