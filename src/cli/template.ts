import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { deployTemplate, type Deployment, type Lambda, type LambdaFunction } from '../index.ts';
import { settingsOf, type FunctionFlags } from './function-flags.ts';
import type { Terminal } from './terminal.ts';
import type { VariablesOf } from './variables.ts';

/** SAM's defaults, in its order. */
const usualNames = ['template.yaml', 'template.yml', 'template.json'];

/** The template that was named, or the one that lies in the folder. */
export function findTemplate(named: string | undefined, cwd: string): string | undefined {
  if (named !== undefined) return resolve(cwd, named);
  return usualNames.map((name) => resolve(cwd, name)).find((path) => existsSync(path));
}

/** Deploys a template, and gives its functions what the command line says besides. */
export async function deployFrom(
  lambda: Lambda,
  file: string,
  { flags, variablesOf, terminal }: TemplateUse,
): Promise<Deployment> {
  const deployment = await deployTemplate(lambda, file, {
    ...(flags.parameterOverrides !== undefined && { parameters: flags.parameterOverrides }),
    onProgress: ({ step, logicalId, type, index, total }) => {
      if (step === 'started') {
        terminal.progress(`deploying ${logicalId} (${type}), ${index + 1} of ${total}`);
      }
    },
  });
  for (const [logicalId, deployed] of Object.entries(deployment.functions)) {
    await amend(logicalId, deployed, { flags, variablesOf });
  }
  return deployment;
}

interface TemplateUse {
  readonly flags: FunctionFlags;
  readonly variablesOf: VariablesOf;
  readonly terminal: Terminal;
}

/** Settings and variables of the command line go over those of the template. */
export async function amend(
  logicalId: string,
  deployed: LambdaFunction,
  { flags, variablesOf }: Pick<TemplateUse, 'flags' | 'variablesOf'>,
): Promise<void> {
  const variables = { ...variablesOf(deployed.name), ...variablesOf(logicalId) };
  const settings = settingsOf(flags);
  const hasVariables = Object.keys(variables).length > 0;
  if (!hasVariables && Object.keys(settings).length === 0) return;
  const { environment } = deployed.latest.settings;
  await deployed.update({
    ...settings,
    ...(hasVariables && { environment: { ...environment, ...variables } }),
  });
}
