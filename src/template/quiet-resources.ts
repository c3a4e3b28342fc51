import type { Home } from '../core/arn.ts';

/** What is known of a resource without having it: the values of `Ref` and `Fn::GetAtt`. */
export interface ResourceValues {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

type Values = (name: string, home: Home) => ResourceValues;

const nothingMore: Values = (name) => ({ ref: name, attributes: {} });

function iamArn({ partition, accountId }: Home, kind: string, name: string): string {
  return `arn:${partition}:iam::${accountId}:${kind}/${name}`;
}

/** Rights, logs and the like: they make no difference here, and nobody needs to hear of it. */
const quietTypes: ReadonlyMap<string, Values> = new Map<string, Values>([
  [
    'AWS::IAM::Role',
    (name, home) => ({
      ref: name,
      attributes: { Arn: iamArn(home, 'role', name), RoleId: `AROA${name}` },
    }),
  ],
  [
    'AWS::IAM::ManagedPolicy',
    (name, home) => ({
      ref: iamArn(home, 'policy', name),
      attributes: { PolicyArn: iamArn(home, 'policy', name) },
    }),
  ],
  [
    'AWS::Logs::LogGroup',
    (name, { partition, region, accountId }) => ({
      ref: name,
      attributes: { Arn: `arn:${partition}:logs:${region}:${accountId}:log-group:${name}:*` },
    }),
  ],
  ...[
    'AWS::ApiGateway::Stage',
    'AWS::ApiGatewayV2::Stage',
    'AWS::CDK::Metadata',
    'AWS::CloudFormation::WaitConditionHandle',
    'AWS::CodeDeploy::Application',
    'AWS::CodeDeploy::DeploymentGroup',
    'AWS::Events::EventBusPolicy',
    'AWS::IAM::Policy',
    'AWS::IAM::RolePolicy',
    'AWS::S3::BucketPolicy',
    'AWS::SNS::TopicPolicy',
    'AWS::SQS::QueuePolicy',
  ].map((type): [string, Values] => [type, nothingMore]),
]);

/** Properties that hold the name of such a resource. */
const nameProperties = ['RoleName', 'ManagedPolicyName', 'PolicyName', 'LogGroupName', 'StageName'];

export function isQuiet(type: string): boolean {
  return quietTypes.has(type);
}

/** `undefined` for other types. */
export function valuesOfQuiet(
  type: string,
  properties: Readonly<Record<string, unknown>>,
  name: string,
  home: Home,
): ResourceValues | undefined {
  const given = nameProperties
    .map((property) => properties[property])
    .find((value) => typeof value === 'string');
  return quietTypes.get(type)?.(given ?? name, home);
}
