import type { TemplateResource } from '../template-resource.ts';
import {
  isMap,
  type TemplateMap,
  type TemplatePath,
  type TemplateValue,
} from '../template-value.ts';
import { transformEvents } from './sam-events.ts';
import { arnOf, compact, mapAt, omit, type SamScope } from './sam-scope.ts';

/** What SAM makes other resources of, or what concerns rights and deployments that are not here. */
const consumed = [
  'AssumeRolePolicyDocument',
  'AutoPublishAlias',
  'AutoPublishAliasAllProperties',
  'AutoPublishCodeSha256',
  'CodeUri',
  'DeadLetterQueue',
  'DeploymentPreference',
  'EventInvokeConfig',
  'Events',
  'FunctionUrlConfig',
  'ImageUri',
  'InlineCode',
  'PermissionsBoundary',
  'Policies',
  'PropagateTags',
  'ProvisionedConcurrencyConfig',
  'RolePath',
  'SourceKmsKeyArn',
  'Tracing',
  'VersionDeletionPolicy',
  'VersionDescription',
];

/** A function, and how others reach it. */
export interface SamFunction {
  readonly scope: SamScope;
  readonly resource: TemplateResource;
  /** Of its alias when it has one. */
  readonly targetArn: TemplateMap;
}

/**
 * `AWS::Serverless::Function` as CloudFormation has it.
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
 */
export function transformFunction(scope: SamScope, resource: TemplateResource): void {
  const { logicalId, properties, path } = resource;
  const { Role = madeRole(scope, resource) } = properties;
  scope.put({
    ...resource,
    type: 'AWS::Lambda::Function',
    properties: {
      ...omit(properties, consumed),
      ...compact({
        Role,
        Code: codeOf(properties),
        TracingConfig: tracingOf(properties['Tracing']),
        DeadLetterConfig: deadLetterOf(scope, properties, path),
      }),
    },
  });
  const alias = addAlias(scope, resource);
  const targetArn = alias === undefined ? arnOf(logicalId) : { Ref: alias.logicalId };
  addEventInvokeConfig(scope, resource, alias);
  addUrl(scope, resource, alias);
  transformEvents({ scope, resource, targetArn });
}

/** Rights are not here, but templates refer to the role that SAM makes. */
function madeRole(scope: SamScope, resource: TemplateResource): TemplateValue {
  const logicalId = `${resource.logicalId}Role`;
  scope.add(resource, { logicalId, type: 'AWS::IAM::Role', properties: {} });
  return arnOf(logicalId);
}

function codeOf({ CodeUri, InlineCode, ImageUri }: TemplateMap): TemplateValue | undefined {
  if (InlineCode !== undefined) return { ZipFile: InlineCode };
  if (CodeUri !== undefined) return codeLocation(CodeUri);
  return ImageUri === undefined ? undefined : { ImageUri };
}

/** SAM's way to name a bucket's object; a path stays as it is. */
export function codeLocation(uri: TemplateValue): TemplateValue {
  if (!isMap(uri) || uri['Bucket'] === undefined) return uri;
  const { Bucket, Key, Version } = uri;
  return compact({ S3Bucket: Bucket, S3Key: Key, S3ObjectVersion: Version });
}

function tracingOf(mode: TemplateValue | undefined): TemplateValue | undefined {
  return mode === undefined || mode === 'Disabled' ? undefined : { Mode: mode };
}

function deadLetterOf(
  scope: SamScope,
  properties: TemplateMap,
  path: TemplatePath,
): TemplateValue | undefined {
  const queue = mapAt(scope.text, properties, 'DeadLetterQueue', path);
  return queue && compact({ TargetArn: queue['TargetArn'] });
}

interface SamAlias {
  readonly name: TemplateValue;
  readonly logicalId: string;
}

function addAlias(scope: SamScope, resource: TemplateResource): SamAlias | undefined {
  const { logicalId, properties, path } = resource;
  const { AutoPublishAlias: name, ProvisionedConcurrencyConfig } = properties;
  if (name === undefined) {
    if (ProvisionedConcurrencyConfig === undefined) return undefined;
    const problem = 'ProvisionedConcurrencyConfig needs AutoPublishAlias';
    throw scope.text.error([...path, 'ProvisionedConcurrencyConfig'], problem);
  }
  if (typeof name !== 'string') {
    throw scope.text.error([...path, 'AutoPublishAlias'], 'The name of an alias must be known');
  }
  const version = `${logicalId}Version`;
  const alias = `${logicalId}Alias${name.replaceAll(/[^A-Za-z0-9]/g, '')}`;
  scope.add(resource, {
    logicalId: version,
    type: 'AWS::Lambda::Version',
    properties: compact({
      FunctionName: { Ref: logicalId },
      Description: properties['VersionDescription'],
    }),
  });
  scope.add(resource, {
    logicalId: alias,
    type: 'AWS::Lambda::Alias',
    properties: compact({
      Name: name,
      FunctionName: { Ref: logicalId },
      FunctionVersion: { 'Fn::GetAtt': [version, 'Version'] },
      ProvisionedConcurrencyConfig,
    }),
  });
  scope.renamed.set(`${logicalId}.Version`, version);
  scope.renamed.set(`${logicalId}.Alias`, alias);
  return { name, logicalId: alias };
}

function addEventInvokeConfig(
  scope: SamScope,
  resource: TemplateResource,
  alias: SamAlias | undefined,
): void {
  const { logicalId, properties, path, dependsOn } = resource;
  const config = mapAt(scope.text, properties, 'EventInvokeConfig', path);
  if (config === undefined) return;
  const at = [...path, 'EventInvokeConfig'];
  const destinations = mapAt(scope.text, config, 'DestinationConfig', at) ?? {};
  const destination = (name: string): TemplateValue | undefined => {
    const given = mapAt(scope.text, destinations, name, [...at, 'DestinationConfig']);
    if (given === undefined) return undefined;
    const { Destination = madeDestination(scope, resource, name, given['Type']) } = given;
    return compact({ Destination });
  };
  scope.add(
    { path: at, dependsOn: alias === undefined ? dependsOn : [...dependsOn, alias.logicalId] },
    {
      logicalId: `${logicalId}EventInvokeConfig`,
      type: 'AWS::Lambda::EventInvokeConfig',
      properties: {
        ...omit(config, ['DestinationConfig']),
        FunctionName: { Ref: logicalId },
        Qualifier: alias?.name ?? '$LATEST',
        DestinationConfig: {
          ...destinations,
          ...compact({ OnSuccess: destination('OnSuccess'), OnFailure: destination('OnFailure') }),
        },
      },
    },
  );
}

/** SAM makes the queue or topic of a destination that names none. */
function madeDestination(
  scope: SamScope,
  resource: TemplateResource,
  side: string,
  type: TemplateValue | undefined,
): TemplateValue | undefined {
  if (type !== 'SQS' && type !== 'SNS') return undefined;
  const noun = type === 'SQS' ? 'Queue' : 'Topic';
  const logicalId = `${resource.logicalId}EventInvokeConfig${side}${noun}`;
  scope.add(resource, { logicalId, type: `AWS::${type}::${noun}`, properties: {} });
  scope.renamed.set(`${resource.logicalId}.Destination${noun}`, logicalId);
  return type === 'SQS' ? arnOf(logicalId) : { Ref: logicalId };
}

function addUrl(scope: SamScope, resource: TemplateResource, alias: SamAlias | undefined): void {
  const { logicalId, properties, path, dependsOn } = resource;
  const config = mapAt(scope.text, properties, 'FunctionUrlConfig', path);
  if (config === undefined) return;
  const at = [...path, 'FunctionUrlConfig'];
  const origin = {
    path: at,
    dependsOn: alias === undefined ? dependsOn : [...dependsOn, alias.logicalId],
  };
  scope.add(origin, {
    logicalId: `${logicalId}Url`,
    type: 'AWS::Lambda::Url',
    properties: {
      ...config,
      ...compact({ TargetFunctionArn: { Ref: logicalId }, Qualifier: alias?.name }),
    },
  });
  if (config['AuthType'] !== 'NONE') return;
  scope.add(origin, {
    logicalId: `${logicalId}UrlPublicPermissions`,
    type: 'AWS::Lambda::Permission',
    properties: {
      Action: 'lambda:InvokeFunctionUrl',
      Principal: '*',
      FunctionUrlAuthType: 'NONE',
      FunctionName: alias === undefined ? { Ref: logicalId } : { Ref: alias.logicalId },
    },
  });
}
