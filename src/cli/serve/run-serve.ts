import { once } from 'node:events';
import { resolve } from 'node:path';
import { serve, type ApiServer } from '../../aws/index.ts';
import { Lambda, type LambdaOptions } from '../../index.ts';
import type { ServeFlags } from '../commands/serve.ts';
import { exitCode, UsageError } from '../exit-code.ts';
import type { CliIo } from '../io.ts';
import { findTemplate } from '../template.ts';
import type { Terminal } from '../terminal.ts';
import { readVariables } from '../variables.ts';
import { Deployed } from './deployed.ts';
import { FileWatcher } from './file-watcher.ts';
import { frontOf } from './front.ts';
import { followHappenings } from './happening.ts';
import { overviewOf } from './overview.ts';
import { Reloader } from './reloader.ts';
import { forMachines, forPeople, type Reporter } from './reporter.ts';

/** After this long, what still runs is ended. */
const drainMs = 10_000;

/** `isolambda serve`: deploys, serves, and ends when it is told to. */
export async function runServe(
  files: readonly string[],
  flags: ServeFlags,
  io: CliIo,
  terminal: Terminal,
): Promise<number> {
  const reporter = flags.json === true ? forMachines(terminal) : forPeople(terminal);
  const variablesOf = await readVariables(flags, io.cwd);
  const lambda = await Lambda.open(lambdaOptions(flags, io.cwd));
  let server: ApiServer | undefined;
  let watcher: FileWatcher | undefined;
  try {
    const deployed = new Deployed({
      lambda,
      files,
      // Files alone are meant alone; a template beside them has to be named.
      template:
        files.length === 0 || flags.template !== undefined
          ? findTemplate(flags.template, io.cwd)
          : undefined,
      flags,
      variablesOf,
      terminal,
      cwd: io.cwd,
      onWarning: (message) => reporter.warning(message),
    });
    await deployed.deploy();
    io.signal.throwIfAborted();
    const before = frontOf(lambda, () => deployed.apis, reporter);
    server = await serve(lambda, { port: flags.port, host: flags.host, before });
    warnOfStrangers(flags, reporter);
    reporter.ready(
      overviewOf({
        lambda,
        apis: deployed.apis,
        outputs: deployed.outputs,
        endpoint: server.url,
        region: flags.region,
        accountId: flags.account,
        isSigned: flags.accessKey !== undefined,
      }),
    );
    followHappenings(lambda, (happening) => reporter.happened(happening));
    if (flags.watch === true) watcher = watch(lambda, deployed, reporter);
    if (!io.signal.aborted) await once(io.signal, 'abort');
    reporter.ending();
    return exitCode.ok;
  } finally {
    watcher?.close();
    await server?.close();
    await lambda.close({ drainMs });
  }
}

function lambdaOptions(flags: ServeFlags, cwd: string): LambdaOptions {
  const { region, account, storage, accessKey, secretKey } = flags;
  if ((accessKey === undefined) !== (secretKey === undefined)) {
    throw new UsageError('--access-key and --secret-key go together');
  }
  return {
    region,
    accountId: account,
    ...(storage !== undefined && { storage: { file: resolve(cwd, storage) } }),
    ...(accessKey !== undefined &&
      secretKey !== undefined && {
        access: {
          principals: [
            {
              arn: `arn:aws:iam::${account}:root`,
              accessKeyId: accessKey,
              secretAccessKey: secretKey,
            },
          ],
        },
      }),
  };
}

function warnOfStrangers({ host, accessKey }: ServeFlags, reporter: Reporter): void {
  if (accessKey !== undefined || /^(?:localhost|127\.|::1$)/.test(host)) return;
  reporter.warning(
    `whoever reaches ${host} may deploy code and run it on this machine; --access-key and --secret-key ask for signatures`,
  );
}

function watch(lambda: Lambda, deployed: Deployed, reporter: Reporter): FileWatcher {
  const reloader = new Reloader({
    reloadables: () => deployed.reloadables,
    onInputs: (inputs) => watcher.follow(inputs),
    onReloaded: (name) => reporter.reloaded(name),
    onBroken: (name, error) => reporter.broken(name, error),
  });
  const watcher = new FileWatcher({
    clock: lambda.clock,
    onChange: (changed) => void reloader.changed(changed),
    onProblem: (message) => reporter.warning(message),
  });
  watcher.follow([...new Set(deployed.reloadables.flatMap(({ inputs }) => inputs))]);
  reporter.watching(watcher.size);
  return watcher;
}
