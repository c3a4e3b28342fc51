import { InvalidOptionError } from '../core/errors.ts';
import { checkBoolean, checkKnownKeys, checkOneOf, checkString } from '../core/options.ts';
import { AwsRuleError } from '../functions/aws-rule-error.ts';
import { accountOfPrincipal } from './caller.ts';
import type { PolicyStatement } from './policy-document.ts';

/**
 * One permission on a function, version or alias.
 * https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
 */
export interface PermissionOptions {
  /** 1 to 100 letters, digits, `-` and `_`; unique in the policy. */
  readonly statementId: string;
  /** `lambda:` and the name of an action, or `lambda:*`. @default 'lambda:InvokeFunction' */
  readonly action?: string;
  /** A service (`s3.amazonaws.com`), an account, the ARN of a user, role or root, or `*` for everybody. */
  readonly principal: string;
  /** ARN of what invokes, with wildcards or without: a bucket, a topic, a rule. */
  readonly sourceArn?: string;
  /** Account that owns what invokes; ARNs of buckets do not name it. */
  readonly sourceAccount?: string;
  /** Everybody of an organization, with `principal: '*'`. */
  readonly principalOrgId?: string;
  /** Of the function URL that this is for. */
  readonly functionUrlAuthType?: 'AWS_IAM' | 'NONE';
  /** Only for calls by a function URL. */
  readonly invokedViaFunctionUrl?: boolean;
  /** What Alexa's smart home skills say. */
  readonly eventSourceToken?: string;
  /** Change only if the policy is at this revision. */
  readonly revisionId?: string;
}

const permissionKeys = Object.keys({
  statementId: true,
  action: true,
  principal: true,
  sourceArn: true,
  sourceAccount: true,
  principalOrgId: true,
  functionUrlAuthType: true,
  invokedViaFunctionUrl: true,
  eventSourceToken: true,
  revisionId: true,
} satisfies Record<keyof PermissionOptions, true>);

/**
 * One permission on a version of a layer.
 * https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html
 */
export interface LayerPermissionOptions {
  /** 1 to 100 letters, digits, `-` and `_`; unique in the policy. */
  readonly statementId: string;
  /** AWS has no other. @default 'lambda:GetLayerVersion' */
  readonly action?: 'lambda:GetLayerVersion';
  /** An account, the ARN of its root, or `*` for everybody. */
  readonly principal: string;
  /** Everybody of an organization, with `principal: '*'`. */
  readonly organizationId?: string;
  /** Change only if the policy is at this revision. */
  readonly revisionId?: string;
}

const layerPermissionKeys = Object.keys({
  statementId: true,
  action: true,
  principal: true,
  organizationId: true,
  revisionId: true,
} satisfies Record<keyof LayerPermissionOptions, true>);

const accountPattern = /^\d{12}$/;
const organization = /^o-[a-z0-9]{10,32}$/;
const arn = /^arn:aws[a-zA-Z-]*:[a-zA-Z0-9-]+:[^:]*:[^:]*:.*$/;

/** The statement that AWS makes of a permission. @throws {InvalidOptionError} */
export function permissionStatement(
  options: PermissionOptions,
  resource: string,
  partition: string,
): PolicyStatement {
  checkKnownKeys('options', options, permissionKeys);
  const { statementId, action = 'lambda:InvokeFunction', principal } = options;
  checkStatementId(statementId);
  checkString('action', action, {
    maxLength: 256,
    pattern: /^(?:lambda:\*|lambda:[a-zA-Z]+|\*)$/,
    says: '"lambda:" and the name of an action, "lambda:*" or "*"',
  });
  const condition = conditionsOf(options);
  return {
    Sid: statementId,
    Effect: 'Allow',
    Principal: principalOf(principal, partition),
    Action: action,
    Resource: resource,
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
}

/** As `permissionStatement`, for a version of a layer. */
export function layerPermissionStatement(
  options: LayerPermissionOptions,
  resource: string,
  partition: string,
): PolicyStatement {
  checkKnownKeys('options', options, layerPermissionKeys);
  const { statementId, action = 'lambda:GetLayerVersion', principal, organizationId } = options;
  checkStatementId(statementId);
  checkOneOf('action', action, ['lambda:GetLayerVersion']);
  const isAccount =
    typeof principal === 'string' &&
    /^(?:arn:aws[a-zA-Z-]*:iam::\d{12}:root|\d{12})$/.test(principal);
  if (principal !== '*' && !isAccount) {
    throw invalidPrincipal('"*", an account or the ARN of an account\'s root', principal);
  }
  checkOrganization('organizationId', organizationId);
  return {
    Sid: statementId,
    Effect: 'Allow',
    Principal: principalOf(principal, partition),
    Action: action,
    Resource: resource,
    ...(organizationId !== undefined && {
      Condition: { StringEquals: { 'aws:PrincipalOrgID': organizationId } },
    }),
  };
}

/** @throws {InvalidOptionError} */
export function checkStatementId(statementId: unknown): asserts statementId is string {
  checkString('statementId', statementId, {
    maxLength: 100,
    pattern: /^[\w-]+$/,
    says: '1 to 100 letters, digits, "-" and "_"',
  });
}

function principalOf(
  principal: unknown,
  partition: string,
): NonNullable<PolicyStatement['Principal']> {
  if (principal === '*') return '*';
  if (typeof principal === 'string') {
    if (accountPattern.test(principal)) return { AWS: `arn:${partition}:iam::${principal}:root` };
    if (accountOfPrincipal(principal) !== undefined) return { AWS: principal };
    if (/^[\w-]+(?:\.[\w-]+)+$/.test(principal)) return { Service: principal };
  }
  throw invalidPrincipal(
    'a service, an account, the ARN of a user, role or root, or "*"',
    principal,
  );
}

function invalidPrincipal(rule: string, principal: unknown): AwsRuleError {
  const message = 'The provided principal was invalid. Please check the principal and try again.';
  return new AwsRuleError('principal', rule, principal, message);
}

function conditionsOf(options: PermissionOptions): Record<string, Record<string, string>> {
  const { sourceArn, sourceAccount, principalOrgId, functionUrlAuthType } = options;
  const { invokedViaFunctionUrl, eventSourceToken } = options;
  if (sourceArn !== undefined) {
    checkString('sourceArn', sourceArn, { maxLength: 2_048, pattern: arn, says: 'an ARN' });
  }
  if (sourceAccount !== undefined) {
    checkString('sourceAccount', sourceAccount, {
      maxLength: 12,
      pattern: accountPattern,
      says: 'a string of 12 digits',
    });
  }
  checkOrganization('principalOrgId', principalOrgId);
  if (functionUrlAuthType !== undefined) {
    checkOneOf('functionUrlAuthType', functionUrlAuthType, ['AWS_IAM', 'NONE']);
  }
  if (invokedViaFunctionUrl !== undefined) {
    checkBoolean('invokedViaFunctionUrl', invokedViaFunctionUrl);
  }
  if (eventSourceToken !== undefined) {
    checkString('eventSourceToken', eventSourceToken, {
      maxLength: 256,
      pattern: /^[a-zA-Z0-9._-]+$/,
      says: '1 to 256 letters, digits, ".", "_" and "-"',
    });
  }
  const equals = {
    ...(principalOrgId !== undefined && { 'aws:PrincipalOrgID': principalOrgId }),
    ...(sourceAccount !== undefined && { 'AWS:SourceAccount': sourceAccount }),
    ...(functionUrlAuthType !== undefined && { 'lambda:FunctionUrlAuthType': functionUrlAuthType }),
    ...(eventSourceToken !== undefined && { 'lambda:EventSourceToken': eventSourceToken }),
  };
  return {
    ...(Object.keys(equals).length > 0 && { StringEquals: equals }),
    // `false` is no condition: AWS has none that would ask for the absence.
    ...(invokedViaFunctionUrl === true && { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } }),
    ...(sourceArn !== undefined && { ArnLike: { 'AWS:SourceArn': sourceArn } }),
  };
}

function checkOrganization(option: string, value: unknown): void {
  if (value === undefined) return;
  if (typeof value === 'string' && organization.test(value)) return;
  throw new InvalidOptionError(option, 'the id of an organization, such as "o-a1b2c3d4e5"', value);
}
