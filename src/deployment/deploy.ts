import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Lambda } from '../lambda.ts';
import { roomsOf } from '../lambda-rooms.ts';
import { TemplatePlan } from '../template/plan.ts';
import { isQuiet, valuesOfQuiet } from '../template/quiet-resources.ts';
import { readTemplate } from '../template/read-template.ts';
import { TemplateError, UnknownValueError } from '../template/template-error.ts';
import type { TemplateResource } from '../template/template-resource.ts';
import { deployers } from './deployers.ts';
import { Deployment } from './deployment.ts';
import type { ResolvedDeployOptions } from './deploy-options.ts';
import { Stack } from './stack.ts';

/** AWS's name for a stack that has none would be random; SAM's tools say this. */
const defaultStackName = 'local';

/** Reads a template and deploys what it describes, resource by resource. */
export async function deploy(
  lambda: Lambda,
  file: string | URL,
  options: ResolvedDeployOptions,
): Promise<Deployment> {
  const path = resolve(file instanceof URL ? fileURLToPath(file) : file);
  const { stackName, parameters, imports, standIns } = options;
  const plan = new TemplatePlan(readTemplate(await textOf(path), path), {
    home: roomsOf(lambda).options.home,
    stackName: stackName ?? defaultStackName,
    parameters,
    imports,
    standIns,
    deployable: new Set(deployers.keys()),
  });
  const stack = new Stack({ lambda, plan, folder: dirname(path), stackName });
  for (const [index, resource] of plan.resources.entries()) {
    const { logicalId, type } = resource;
    const about = { logicalId, type, index, total: plan.resources.length };
    options.onProgress({ ...about, step: 'started' });
    const isThere = await deployOne(stack, resource);
    options.onProgress({ ...about, step: isThere ? 'deployed' : 'left out' });
  }
  return new Deployment(path, stack);
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const place = { file: path, line: undefined, path: '' };
    throw new TemplateError(place, 'This template cannot be read', { cause });
  }
}

/** False when it needs something that is not here. */
async function deployOne(stack: Stack, resource: TemplateResource): Promise<boolean> {
  const { logicalId, type } = resource;
  const properties = stack.plan.propertiesOf(resource, stack.find);
  if (isQuiet(type)) {
    const name = stack.nameOf(resource, { maxLength: 64 });
    const values = valuesOfQuiet(type, properties.all, name, stack.home);
    if (values !== undefined) stack.deployed.set(logicalId, { logicalId, type, ...values });
    return true;
  }
  const deployer = deployers.get(type);
  if (deployer === undefined) throw stack.error(resource, `${type} cannot be deployed`);
  try {
    const made = await deployer(stack, resource, properties);
    properties.done();
    stack.deployed.set(logicalId, { logicalId, type, ...made });
    return true;
  } catch (error) {
    if (error instanceof UnknownValueError) {
      stack.plan.warnings.add(error.at, `${logicalId} is left out: ${error.problem}`);
      stack.leaveOut(logicalId, `${logicalId} was left out`);
      return false;
    }
    throw stack.errorOf(resource, error);
  }
}
