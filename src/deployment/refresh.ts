import type { TemplateResource } from '../template/template-resource.ts';
import { referencesIn } from '../template/dependencies.ts';
import { deployers } from './deployers.ts';
import { refreshCode } from './function-deployers.ts';
import type { Stack } from './stack.ts';

/** What is made again when a function's code changes, in this order. */
const following = [
  'AWS::Lambda::LayerVersion',
  'AWS::Lambda::Function',
  'AWS::Lambda::Version',
  'AWS::Lambda::Alias',
];

/** Deploys a function again with its layers, and the versions and aliases that are made of it. */
export async function refreshFunction(stack: Stack, logicalId: string): Promise<void> {
  const { resources, text } = stack.plan;
  const fn = resources.find((one) => one.logicalId === logicalId);
  if (fn?.type !== 'AWS::Lambda::Function' || !stack.deployed.has(logicalId)) {
    throw text.error(['Resources', logicalId], 'There is no function of that logical id');
  }
  const changed = new Set([logicalId]);
  for (const { logicalId: layer } of referencesTo(stack, fn, 'AWS::Lambda::LayerVersion')) {
    changed.add(layer);
  }
  for (const resource of resources) {
    const { logicalId: id, type } = resource;
    if (!following.includes(type)) continue;
    const follows =
      (type === 'AWS::Lambda::Version' || type === 'AWS::Lambda::Alias') &&
      referencesIn(resource.properties, [], new Map()).some((one) => changed.has(one.logicalId));
    if (!changed.has(id) && !follows) continue;
    changed.add(id);
    await refresh(stack, resource);
  }
}

async function refresh(stack: Stack, resource: TemplateResource): Promise<void> {
  const { logicalId, type } = resource;
  const deployer = type === 'AWS::Lambda::Function' ? refreshCode : deployers.get(type);
  if (deployer === undefined) return;
  try {
    const made = await deployer(stack, resource, stack.plan.propertiesOf(resource, stack.find));
    stack.deployed.set(logicalId, { logicalId, type, ...made });
  } catch (error) {
    throw stack.errorOf(resource, error);
  }
}

function referencesTo(stack: Stack, of: TemplateResource, type: string): TemplateResource[] {
  const ids = referencesIn(of.properties, [], new Map()).map((one) => one.logicalId);
  return stack.plan.resources.filter((one) => one.type === type && ids.includes(one.logicalId));
}
