import { describe, expect, test } from 'vitest';
import { mergeGlobals } from '../../src/template/globals.ts';
import { planOf, plannedProperties } from './plan-of.ts';

describe('Globals', () => {
  test('maps merge, lists follow each other, other values are replaced', () => {
    const globals = { a: { x: 1, y: [1], z: 'g' }, b: [1], c: 1, d: { Ref: 'G' } };
    const own = { a: { y: [2], z: 'o', w: null }, b: [2], c: 2, d: { Ref: 'O' }, e: 1 };
    expect(mergeGlobals(globals, own)).toEqual({
      a: { x: 1, y: [1, 2], z: 'o', w: null },
      b: [1, 2],
      c: 2,
      d: { Ref: 'O' },
      e: 1,
    });
  });

  test('they hold for their type alone, and not where they are ignored', () => {
    const plan = planOf(`
Globals:
  Function: { Timeout: 9, MemorySize: 256, Role: 'arn:aws:iam::123456789012:role/r' }
Resources:
  A: { Type: AWS::Serverless::Function, Properties: { Timeout: 3, InlineCode: a } }
  B: { Type: AWS::Serverless::Function, IgnoreGlobals: [MemorySize], Properties: { InlineCode: b } }
  C: { Type: AWS::Lambda::Function }`);
    const role = { Role: 'arn:aws:iam::123456789012:role/r' };
    expect(plannedProperties(plan)).toEqual({
      A: { ...role, Timeout: 3, MemorySize: 256, Code: { ZipFile: 'a' } },
      B: { ...role, Timeout: 9, Code: { ZipFile: 'b' } },
      C: {},
    });
  });
});

describe('functions', () => {
  test('an alias stands between the function and what calls it', () => {
    const plan = planOf(`
Resources:
  Queue: { Type: AWS::SQS::Queue }
  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Role: r
      AutoPublishAlias: live
      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 }
      FunctionUrlConfig: { AuthType: NONE }
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        DestinationConfig: { OnFailure: { Type: SQS } }
      Events:
        Jobs: { Type: SQS, Properties: { Queue: !GetAtt Queue.Arn, BatchSize: 5 } }
Outputs:
  Alias: { Value: !Ref F.Alias }
  Version: { Value: !Sub '\${F.Version}' }`);
    expect(plannedProperties(plan)).toEqual({
      Queue: {},
      F: { Role: 'r', Code: 'src/' },
      FVersion: { FunctionName: '<F>' },
      FAliaslive: {
        Name: 'live',
        FunctionName: '<F>',
        FunctionVersion: '<FVersion.Version>',
        ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 },
      },
      FEventInvokeConfigOnFailureQueue: {},
      FEventInvokeConfig: {
        MaximumRetryAttempts: 1,
        FunctionName: '<F>',
        Qualifier: 'live',
        DestinationConfig: {
          OnFailure: { Destination: '<FEventInvokeConfigOnFailureQueue.Arn>' },
        },
      },
      FUrl: { AuthType: 'NONE', TargetFunctionArn: '<F>', Qualifier: 'live' },
      FUrlPublicPermissions: {
        Action: 'lambda:InvokeFunctionUrl',
        Principal: '*',
        FunctionUrlAuthType: 'NONE',
        FunctionName: '<FAliaslive>',
      },
      FJobs: { BatchSize: 5, EventSourceArn: '<Queue.Arn>', FunctionName: '<FAliaslive>' },
    });
    const outputs = plan.outputs((id) => `<${id}>`);
    expect(outputs['Alias']?.value).toBe('<FAliaslive>');
    expect(outputs['Version']?.value).toBe('<FVersion>');
  });

  test('each kind of event becomes what CloudFormation has for it', () => {
    const plan = planOf(`
Resources:
  Bucket: { Type: AWS::S3::Bucket }
  F:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: x
      Role: r
      Events:
        Topic: { Type: SNS, Properties: { Topic: 'arn:t', FilterPolicy: { a: [b] } } }
        Through: { Type: SNS, Properties: { Topic: 'arn:t', SqsSubscription: true } }
        Upload:
          Type: S3
          Properties: { Bucket: !Ref Bucket, Events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'] }
        Rule:
          Type: EventBridgeRule
          Properties:
            EventBusName: shop
            Pattern: { source: [shop] }
            InputPath: $.detail
            DeadLetterConfig: { Type: SQS }
        Nightly: { Type: Schedule, Properties: { Schedule: rate(1 day), Input: '{}', Enabled: false } }
        Later: { Type: ScheduleV2, Properties: { ScheduleExpression: rate(2 minutes), Input: '{}' } }
        Web: { Type: Api, Properties: { Path: /a, Method: GET } }
        Http: { Type: HttpApi, Properties: { Path: '/b/{id}', Method: post } }
        Catch: { Type: HttpApi }`);
    const f = '<F.Arn>';
    const planned = plannedProperties(plan);
    expect(planned['FTopic']).toEqual({
      TopicArn: 'arn:t',
      FilterPolicy: { a: ['b'] },
      Protocol: 'lambda',
      Endpoint: f,
    });
    expect(planned['FThrough']).toMatchObject({ Protocol: 'sqs', Endpoint: '<FThroughQueue.Arn>' });
    expect(planned['FThroughEventSourceMapping']).toEqual({
      EventSourceArn: '<FThroughQueue.Arn>',
      FunctionName: f,
    });
    expect(planned['Bucket']).toEqual({
      NotificationConfiguration: {
        LambdaConfigurations: [
          { Event: 's3:ObjectCreated:*', Function: f },
          { Event: 's3:ObjectRemoved:*', Function: f },
        ],
      },
    });
    expect(planned['FRule']).toEqual({
      EventBusName: 'shop',
      EventPattern: { source: ['shop'] },
      Targets: [
        {
          Arn: f,
          Id: 'FRuleLambdaTarget',
          InputPath: '$.detail',
          DeadLetterConfig: { Arn: '<FRuleQueue.Arn>' },
        },
      ],
    });
    expect(planned['FNightly']).toEqual({
      ScheduleExpression: 'rate(1 day)',
      State: 'DISABLED',
      Targets: [{ Arn: f, Id: 'FNightlyLambdaTarget', Input: '{}' }],
    });
    expect(planned['FLater']).toEqual({
      ScheduleExpression: 'rate(2 minutes)',
      Target: { Arn: f, Input: '{}' },
    });
    expect(planned['ServerlessRestApi']).toEqual({
      Routes: [{ Path: '/a', Method: 'GET', Target: f }],
    });
    expect(planned['ServerlessHttpApi']).toEqual({
      Routes: [{ Path: '/b/{id}', Method: 'post', Target: f }, { Target: f }],
    });
  });

  test('events that do not happen here, and APIs of other templates, are warnings', () => {
    const plan = planOf(`
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: x
      Events:
        Skill: { Type: AlexaSkill }
        Web: { Type: Api, Properties: { Path: /a, Method: get, RestApiId: abc } }`);
    expect(plan.warnings.all().map(({ message }) => message)).toEqual([
      'template.yaml:8: Resources.F.Properties.Events.Skill: Events of type AlexaSkill do not happen here',
      'template.yaml:9: Resources.F.Properties.Events.Web.Properties: This event needs a `Ref` to an AWS::Serverless::Api of the same template',
    ]);
  });

  test('a function that a bucket calls and that asks for the bucket waits for itself, as on AWS', () => {
    const text = `
Resources:
  Bucket: { Type: AWS::S3::Bucket }
  F:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: x
      Environment: { Variables: { BUCKET: !Ref Bucket } }
      Events:
        Upload: { Type: S3, Properties: { Bucket: !Ref Bucket, Events: 's3:ObjectCreated:*' } }`;
    expect(() => planOf(text)).toThrow(
      'Circular dependency between resources: Bucket -> F -> Bucket',
    );
  });
});

test('a simple table is a table, a layer keeps its name', () => {
  const plan = planOf(`
Resources:
  T: { Type: AWS::Serverless::SimpleTable }
  U: { Type: AWS::Serverless::SimpleTable, Properties: { PrimaryKey: { Name: n, Type: Number } } }
  L: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: { Bucket: b, Key: k } } }`);
  expect(plannedProperties(plan)).toEqual({
    T: {
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    },
    U: {
      AttributeDefinitions: [{ AttributeName: 'n', AttributeType: 'N' }],
      KeySchema: [{ AttributeName: 'n', KeyType: 'HASH' }],
    },
    L: { LayerName: 'L', Content: { S3Bucket: 'b', S3Key: 'k' } },
  });
});
