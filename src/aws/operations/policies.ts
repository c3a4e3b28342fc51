import { permissionStatement } from '../../access/permission-options.ts';
import type { PolicyDocument } from '../../access/policy-document.ts';
import type { ResourcePolicy } from '../../access/resource-policy.ts';
import { invalidParameter, notFound } from '../api-error.ts';
import type { Call, Group } from '../operation.ts';
import { referenceOf } from '../references.ts';

type Names =
  | 'AddPermission'
  | 'RemovePermission'
  | 'GetPolicy'
  | 'PutResourcePolicy'
  | 'GetResourcePolicy'
  | 'DeleteResourcePolicy';

const noSuchResource = 'The resource you requested does not exist.';

/** https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html */
export const policyOperations: Group<Names> = {
  async AddPermission(input, call) {
    const arn = subjectOf(call, input.FunctionName, input.Qualifier);
    const { SourceArn, SourceAccount, PrincipalOrgID, FunctionUrlAuthType } = input;
    const { InvokedViaFunctionUrl, EventSourceToken } = input;
    const options = {
      statementId: input.StatementId,
      action: input.Action,
      principal: input.Principal,
      ...(SourceArn !== undefined && { sourceArn: SourceArn }),
      ...(SourceAccount !== undefined && { sourceAccount: SourceAccount }),
      ...(PrincipalOrgID !== undefined && { principalOrgId: PrincipalOrgID }),
      ...(FunctionUrlAuthType !== undefined && { functionUrlAuthType: FunctionUrlAuthType }),
      ...(InvokedViaFunctionUrl !== undefined && { invokedViaFunctionUrl: InvokedViaFunctionUrl }),
      ...(EventSourceToken !== undefined && { eventSourceToken: EventSourceToken }),
    };
    const statement = permissionStatement(options, arn, call.rooms.options.home.partition);
    await call.rooms.policies.add(arn, statement, { revisionId: input.RevisionId });
    return { json: { Statement: JSON.stringify(statement) } };
  },

  async RemovePermission(input, call) {
    const { name, arn: functionArn } = referenceOf(call, input.FunctionName);
    if (call.rooms.store.find(name) === undefined) {
      throw notFound(`No policy found for: ${functionArn}`);
    }
    const arn = subjectOf(call, input.FunctionName, input.Qualifier);
    const { StatementId, RevisionId } = input;
    await call.rooms.policies.remove(arn, StatementId, { revisionId: RevisionId });
    return {};
  },

  GetPolicy(input, call) {
    const { name } = referenceOf(call, input.FunctionName);
    if (call.rooms.store.find(name) === undefined) throw notFound(noSuchResource);
    const policy = call.rooms.policies.find(subjectOf(call, input.FunctionName, input.Qualifier));
    if (policy === undefined) throw notFound(noSuchResource);
    return { json: shown(policy) };
  },

  async PutResourcePolicy(input, call) {
    const arn = subjectOf(call, input.ResourceArn);
    const { Policy, RevisionId } = input;
    const options = { revisionId: RevisionId };
    return { json: shown(await call.rooms.policies.put(arn, documentOf(Policy), options)) };
  },

  GetResourcePolicy(input, call) {
    const policy = call.rooms.policies.find(subjectOf(call, input.ResourceArn));
    if (policy === undefined) throw notFound(noSuchResource);
    return { json: shown(policy) };
  },

  async DeleteResourcePolicy(input, call) {
    const arn = subjectOf(call, input.ResourceArn);
    await call.rooms.policies.delete(arn, { revisionId: input.RevisionId });
    return {};
  },
};

/** The ARN of a function, version or alias that is there. */
function subjectOf(call: Call, text: string, beside?: string): string {
  const { name, qualifier, arn } = referenceOf(call, text, beside);
  if (qualifier === '$LATEST') {
    throw invalidParameter('We currently do not support adding policies for $LATEST.');
  }
  if (qualifier === undefined) {
    if (call.rooms.store.has(name, undefined)) return arn;
    throw notFound(`Function not found: ${arn}`);
  }
  const qualified = `${arn}:${qualifier}`;
  if (call.rooms.store.has(name, qualifier)) return qualified;
  const isVersion = /^\d+$/.test(qualifier) || !call.rooms.store.has(name, undefined);
  throw notFound(`${isVersion ? 'Function not found' : 'Cannot find alias arn'}: ${qualified}`);
}

/** What it says is checked with every policy. */
function documentOf(text: string): PolicyDocument {
  try {
    return JSON.parse(text) as PolicyDocument;
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw invalidParameter(`Policy is not valid JSON: ${problem}`, cause);
  }
}

function shown({ document, revisionId }: ResourcePolicy): object {
  return { Policy: JSON.stringify(document), RevisionId: revisionId };
}
