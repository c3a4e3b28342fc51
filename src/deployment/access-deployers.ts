import type { LayerPermissionOptions, PermissionOptions } from '../access/permission-options.ts';
import type { ResourcePolicy } from '../access/resource-policy.ts';
import { readLayerPermission, readPermission } from '../template/resources/permission-resource.ts';
import type { Deployer } from './deployer.ts';

/** Gives a permission on a function, version or alias; a second deployment gives it anew. */
export const deployPermission: Deployer = async (stack, resource, properties) => {
  const { functionName, options } = readPermission(properties);
  const fn = stack.functionAt(resource, functionName);
  const statementId = stack.nameOf(resource, { maxLength: 100 });
  if (hasStatement(fn.policy, statementId)) await fn.removePermission(statementId);
  await fn.addPermission({ ...(options as Omit<PermissionOptions, 'statementId'>), statementId });
  return { ref: statementId, attributes: { Id: statementId } };
};

export const deployLayerPermission: Deployer = async (stack, resource, properties) => {
  const { layerArn, options } = readLayerPermission(properties);
  const permissions = stack.lambda.layerPermissions(layerArn);
  const statementId = stack.nameOf(resource, { maxLength: 100 });
  if (hasStatement(permissions.policy, statementId)) await permissions.remove(statementId);
  await permissions.add({
    ...(options as Omit<LayerPermissionOptions, 'statementId'>),
    statementId,
  });
  return { ref: statementId, attributes: { Id: statementId } };
};

function hasStatement(policy: ResourcePolicy | undefined, statementId: string): boolean {
  const statements = policy?.document.Statement ?? [];
  return [statements].flat().some(({ Sid }) => Sid === statementId);
}
