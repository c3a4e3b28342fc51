import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Deployment, Lambda, LambdaFunction } from '../../index.ts';
import { deployFile, looksLikePath } from '../code-on-disk.ts';
import type { InvokeFlags } from '../commands/invoke.ts';
import { RefusedError, UsageError } from '../exit-code.ts';
import type { CliIo } from '../io.ts';
import { deployFrom, findTemplate } from '../template.ts';
import type { Terminal } from '../terminal.ts';
import { readVariables } from '../variables.ts';

/** Deploys the one function that the command line names. */
export async function deployTarget(
  lambda: Lambda,
  nameOrFile: string | undefined,
  flags: InvokeFlags,
  { io, terminal }: { readonly io: CliIo; readonly terminal: Terminal },
): Promise<LambdaFunction> {
  const variablesOf = await readVariables(flags, io.cwd);
  const template = findTemplate(flags.template, io.cwd);
  const file = fileOf(nameOrFile, template, io.cwd);
  if (file !== undefined) {
    return deployFile(lambda, file, { flags, variablesOf, terminal, cwd: io.cwd });
  }
  if (template === undefined) throw nothingNamed(nameOrFile);
  if (flags.handler !== undefined) {
    throw new UsageError('--handler goes with a file; in a template the function says it itself');
  }
  const deployment = await deployFrom(lambda, template, { flags, variablesOf, terminal });
  const { logicalId, target } = functionOf(deployment, nameOrFile, lambda, io.cwd);
  for (const warning of deployment.warnings) {
    if (warning.logicalId === undefined || warning.logicalId === logicalId) {
      terminal.say(terminal.style('yellow', `warning: ${warning.message}`));
    }
  }
  return target;
}

/** A path is a path; a bare name is a function where there is a template, else what lies there. */
function fileOf(
  nameOrFile: string | undefined,
  template: string | undefined,
  cwd: string,
): string | undefined {
  if (nameOrFile === undefined) return undefined;
  if (looksLikePath(nameOrFile)) return nameOrFile;
  return template === undefined && existsSync(resolve(cwd, nameOrFile)) ? nameOrFile : undefined;
}

function nothingNamed(nameOrFile: string | undefined): Error {
  const expected = 'expected a file, a folder or a zip, or a function of a template';
  return nameOrFile === undefined
    ? new UsageError(`${expected}; there is no template.yaml here, and --template names none`)
    : new RefusedError(
        `there is no "${nameOrFile}" here: ${expected} (there is no template.yaml either)`,
      );
}

function functionOf(
  { functions, file }: Deployment,
  name: string | undefined,
  lambda: Lambda,
  cwd: string,
): { readonly logicalId: string | undefined; readonly target: LambdaFunction } {
  const ids = Object.keys(functions);
  const [only] = ids.length === 1 ? ids : [];
  const logicalId = name ?? only;
  if (logicalId === undefined) {
    throw new UsageError(
      `${file} has ${ids.length} functions, so one must be named: ${ids.join(', ')}`,
    );
  }
  const target = functions[logicalId] ?? lambda.getFunction(logicalId);
  if (target !== undefined) return { logicalId, target };
  const known = ids.length === 0 ? 'none' : ids.join(', ');
  const hint = existsSync(resolve(cwd, logicalId)) ? `; write ./${logicalId} for the folder` : '';
  throw new RefusedError(`${file} has no function "${logicalId}"; it has ${known}${hint}`);
}
