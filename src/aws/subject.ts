import { functionArn, layerArn, type Home } from '../core/arn.ts';
import { modelOf, type OperationName } from './model/shapes.ts';
import { splitReference } from './references.ts';

/** What an operation is about, as policies name it. */
export interface OperationSubject {
  /** An ARN, or `*` for operations that are about no single resource. */
  readonly resource: string;
  /** Condition keys that the input gives. */
  readonly conditions: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** These name something, and yet policies have no resource for them. */
const withoutResource: ReadonlySet<OperationName> = new Set<OperationName>([
  'CreateEventSourceMapping',
  'ListEventSourceMappings',
  'ListFunctionsByCodeSigningConfig',
  'ListLayerVersions',
]);

/**
 * Which resource a request is about and which condition keys it has, by its checked input.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 */
export function operationSubject(
  name: OperationName,
  input: Readonly<Record<string, unknown>>,
  home: Home,
): OperationSubject {
  const reference = textOf(input, 'FunctionName');
  const named = reference && functionOf(reference, textOf(input, 'Qualifier'), home);
  // What takes no qualifier is about the whole function, also where its name is written with `$LATEST`.
  const isWhole = !takesQualifier(name);
  const arn = isWhole ? named?.replace(/:\$LATEST$/, '') : named;
  const resource = withoutResource.has(name) ? '*' : resourceOf(input, arn, home);
  return { resource, conditions: conditionsOf(input, arn) };
}

function takesQualifier(name: OperationName): boolean {
  return name === 'InvokeAsync' || modelOf(name).query?.['Qualifier'] !== undefined;
}

function resourceOf(
  input: Readonly<Record<string, unknown>>,
  ofFunction: string | undefined,
  home: Home,
): string {
  const text = (key: string): string | undefined => textOf(input, key);
  const mapping = text('UUID');
  // Before the function that a mapping is to have from now on.
  if (mapping !== undefined) return `${lambdaArn(home)}:event-source-mapping:${mapping}`;
  if (ofFunction !== undefined) return ofFunction;
  const layer = text('LayerName');
  if (layer !== undefined) {
    const arn = layer.startsWith('arn:') ? layer : layerArn(home, layer);
    const { VersionNumber: version } = input;
    return typeof version === 'number' ? `${arn}:${version}` : arn;
  }
  const provider = text('CapacityProviderName');
  if (provider !== undefined && !provider.startsWith('arn:')) {
    return `${lambdaArn(home)}:capacity-provider:${provider}`;
  }
  const named = ['Resource', 'ResourceArn', 'Arn', 'CodeSigningConfigArn', 'DurableExecutionArn'];
  return provider ?? named.map(text).find((arn) => arn !== undefined) ?? '*';
}

/** Of any region and account: whether it is one of ours is for the operation to say. */
function functionOf(reference: string, beside: string | undefined, home: Home): string {
  const parts = splitReference(reference);
  // No function goes by such a name, so that only a policy for everything allows it.
  if (parts === undefined) return '*';
  const { partition, region, accountId, name, qualifier = beside } = parts;
  const place = {
    partition: partition ?? home.partition,
    region: region ?? home.region,
    accountId: accountId ?? home.accountId,
  };
  return functionArn(place, name, qualifier === '' ? undefined : qualifier);
}

function lambdaArn({ partition, region, accountId }: Home): string {
  return `arn:${partition}:lambda:${region}:${accountId}`;
}

function conditionsOf(
  input: Readonly<Record<string, unknown>>,
  ofFunction: string | undefined,
): OperationSubject['conditions'] {
  const { Tags: tags, VpcConfig: vpc } = input as {
    readonly Tags?: Readonly<Record<string, string>>;
    readonly VpcConfig?: Readonly<Record<string, readonly string[] | undefined>>;
  };
  const ofTags = Object.entries(tags ?? {}).map(([key, value]) => [`aws:RequestTag/${key}`, value]);
  return {
    'lambda:FunctionArn': ofFunction,
    'lambda:Principal': textOf(input, 'Principal'),
    'lambda:FunctionUrlAuthType': textOf(input, 'FunctionUrlAuthType') ?? textOf(input, 'AuthType'),
    'lambda:CodeSigningConfigArn': textOf(input, 'CodeSigningConfigArn'),
    'lambda:Layer': textsOf(input, 'Layers'),
    'lambda:SubnetIds': vpc?.['SubnetIds'],
    'lambda:SecurityGroupIds': vpc?.['SecurityGroupIds'],
    'aws:TagKeys': tags === undefined ? textsOf(input, 'TagKeys') : Object.keys(tags),
    ...(Object.fromEntries(ofTags) as Record<string, string>),
  };
}

function textOf(input: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = input[key];
  return typeof value === 'string' ? value : undefined;
}

function textsOf(
  input: Readonly<Record<string, unknown>>,
  key: string,
): readonly string[] | undefined {
  const value = input[key];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : undefined;
}
