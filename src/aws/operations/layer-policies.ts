import { layerPermissionStatement } from '../../access/permission-options.ts';
import { layerArn } from '../../core/arn.ts';
import { invalidParameter, notFound } from '../api-error.ts';
import type { Call, Group } from '../operation.ts';

type Names = 'AddLayerVersionPermission' | 'RemoveLayerVersionPermission' | 'GetLayerVersionPolicy';

/** https://docs.aws.amazon.com/lambda/latest/dg/permissions-layer-cross-account.html */
export const layerPolicyOperations: Group<Names> = {
  async AddLayerVersionPermission(input, call) {
    const arn = subjectOf(call, input.LayerName, input.VersionNumber);
    const { StatementId, Principal, OrganizationId, RevisionId } = input;
    const options = {
      statementId: StatementId,
      principal: Principal,
      ...(OrganizationId !== undefined && { organizationId: OrganizationId }),
    };
    const { policies, options: settings } = call.rooms;
    const statement = layerPermissionStatement(options, arn, settings.home.partition);
    const { revisionId } = await policies.add(arn, statement, { revisionId: RevisionId });
    return { json: { Statement: JSON.stringify(statement), RevisionId: revisionId } };
  },

  async RemoveLayerVersionPermission(input, call) {
    const arn = subjectOf(call, input.LayerName, input.VersionNumber);
    const { StatementId, RevisionId } = input;
    await call.rooms.policies.remove(arn, StatementId, { revisionId: RevisionId });
    return {};
  },

  GetLayerVersionPolicy(input, call) {
    const arn = subjectOf(call, input.LayerName, input.VersionNumber);
    const policy = call.rooms.policies.find(arn);
    if (policy === undefined) throw notFound('No policy is associated with the given resource.');
    const { document, revisionId } = policy;
    return { json: { Policy: JSON.stringify(document), RevisionId: revisionId } };
  },
};

/** The ARN of a version that is there. */
function subjectOf(call: Call, layer: string, version: number): string {
  if (version < 1) throw invalidParameter('Layer Version Cannot be less than 1');
  const arn = layer.startsWith('arn:') ? layer : layerArn(call.rooms.options.home, layer);
  const versionArn = `${arn}:${version}`;
  if (call.rooms.store.layers.get(versionArn) !== undefined) return versionArn;
  throw notFound(`Layer version ${versionArn} does not exist.`);
}
