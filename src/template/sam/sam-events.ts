import {
  isMap,
  type TemplateMap,
  type TemplatePath,
  type TemplateValue,
} from '../template-value.ts';
import { addHttpRoute, addRestRoute } from './sam-apis.ts';
import type { SamFunction } from './sam-function.ts';
import { arnOf, compact, omit, pick, refTarget } from './sam-scope.ts';

/** One entry of `Events`. */
export interface SamEvent extends SamFunction {
  /** Logical id of what is made of it. */
  readonly logicalId: string;
  readonly properties: TemplateMap;
  readonly path: TemplatePath;
}

type EventTransform = (event: SamEvent) => void;

/** https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html */
const transforms: ReadonlyMap<string, EventTransform> = new Map([
  ['SQS', (event) => addMapping(event, 'Queue')],
  ['Kinesis', (event) => addMapping(event, 'Stream')],
  ['DynamoDB', (event) => addMapping(event, 'Stream')],
  ['DocumentDB', (event) => addMapping(event, 'Cluster')],
  ['MSK', (event) => addMapping(event, 'Stream')],
  ['MQ', (event) => addMapping(event, 'Broker')],
  ['SNS', addSubscription],
  ['S3', addNotification],
  ['EventBridgeRule', addRule],
  ['CloudWatchEvent', addRule],
  ['Schedule', addScheduleRule],
  ['ScheduleV2', addSchedule],
  ['Api', addRestRoute],
  ['HttpApi', addHttpRoute],
]);

/** Makes resources of the events of a function. */
export function transformEvents(fn: SamFunction): void {
  const { scope, resource } = fn;
  const events = resource.properties['Events'];
  if (events === undefined || events === null) return;
  const path = [...resource.path, 'Events'];
  if (!isMap(events)) throw scope.text.error(path, 'Expected a map of events');
  for (const [name, event] of Object.entries(events)) {
    const at = [...path, name];
    if (!isMap(event) || typeof event['Type'] !== 'string') {
      throw scope.text.error(at, 'An event has a `Type`');
    }
    const transform = transforms.get(event['Type']);
    if (transform === undefined) {
      scope.warnings.add(at, `Events of type ${event['Type']} do not happen here`);
      continue;
    }
    const { Properties: properties = {} } = event;
    if (!isMap(properties)) throw scope.text.error([...at, 'Properties'], 'Expected a map');
    transform({
      ...fn,
      logicalId: `${resource.logicalId}${name}`,
      properties,
      path: [...at, 'Properties'],
    });
  }
}

function origin({ path, resource }: SamEvent): {
  readonly path: TemplatePath;
  readonly dependsOn: readonly string[];
} {
  return { path, dependsOn: resource.dependsOn };
}

/** What SAM writes into the policy of the function for a service that invokes it. */
function addPermission(event: SamEvent, service: string, source: TemplateMap): void {
  const { scope, logicalId, targetArn } = event;
  scope.add(origin(event), {
    logicalId: `${logicalId}Permission`,
    type: 'AWS::Lambda::Permission',
    properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: targetArn,
      Principal: `${service}.amazonaws.com`,
      ...source,
    },
  });
}

function addMapping(event: SamEvent, source: string): void {
  const { scope, logicalId, properties, targetArn } = event;
  scope.add(origin(event), {
    logicalId,
    type: 'AWS::Lambda::EventSourceMapping',
    properties: {
      ...omit(properties, [source]),
      ...compact({ EventSourceArn: properties[source], FunctionName: targetArn }),
    },
  });
}

function addSubscription(event: SamEvent): void {
  const { scope, logicalId, properties, targetArn } = event;
  const { SqsSubscription: through, Topic } = properties;
  const isThroughQueue = through !== undefined && through !== false && through !== 'false';
  const endpoint = isThroughQueue ? addQueueBetween(event, through) : targetArn;
  if (!isThroughQueue) addPermission(event, 'sns', compact({ SourceArn: Topic }));
  scope.add(origin(event), {
    logicalId,
    type: 'AWS::SNS::Subscription',
    properties: {
      ...omit(properties, ['Topic', 'SqsSubscription']),
      ...compact({ TopicArn: Topic }),
      Protocol: isThroughQueue ? 'sqs' : 'lambda',
      Endpoint: endpoint,
    },
  });
}

/** A topic may reach a function through a queue, which SAM makes unless it is named. */
function addQueueBetween(event: SamEvent, through: TemplateValue): TemplateValue {
  const { scope, logicalId, targetArn } = event;
  const given = isMap(through) ? through : {};
  const { QueueArn, QueueUrl: _url, QueuePolicyLogicalId: _policy, ...settings } = given;
  const arn = QueueArn ?? arnOf(`${logicalId}Queue`);
  if (QueueArn === undefined) {
    const queue = { logicalId: `${logicalId}Queue`, type: 'AWS::SQS::Queue', properties: {} };
    scope.add(origin(event), queue);
  }
  scope.add(origin(event), {
    logicalId: `${logicalId}EventSourceMapping`,
    type: 'AWS::Lambda::EventSourceMapping',
    properties: {
      ...compact(settings),
      EventSourceArn: arn,
      FunctionName: targetArn,
    },
  });
  return arn;
}

/** SAM writes it into the bucket, which must be of the same template. */
function addNotification(event: SamEvent): void {
  const { scope, properties, path, targetArn } = event;
  const logicalId = refTarget(properties['Bucket']);
  const bucket = scope.get(logicalId ?? '');
  if (bucket?.type !== 'AWS::S3::Bucket') {
    const problem = 'S3 events need a `Ref` to a bucket of the same template';
    throw scope.text.error([...path, 'Bucket'], problem);
  }
  addPermission(event, 's3', { SourceAccount: { Ref: 'AWS::AccountId' } });
  const { Events, Filter } = properties;
  const events = Array.isArray(Events) ? Events : [Events];
  const configurations = (events as readonly (TemplateValue | undefined)[]).map((Event) =>
    compact({ Event, Filter, Function: targetArn }),
  );
  const existing = bucket.properties['NotificationConfiguration'];
  const notifications = isMap(existing) ? existing : {};
  const lambdas = notifications['LambdaConfigurations'];
  scope.put({
    ...bucket,
    properties: {
      ...bucket.properties,
      NotificationConfiguration: {
        ...notifications,
        LambdaConfigurations: [...(Array.isArray(lambdas) ? lambdas : []), ...configurations],
      },
    },
  });
}

const targetProperties = ['Input', 'InputPath', 'InputTransformer', 'RetryPolicy'];

function addRule(event: SamEvent): void {
  const { scope, logicalId, properties } = event;
  const { Pattern, RuleName, Enabled, Target, Name } = properties;
  const target = isMap(Target) ? Target['Id'] : undefined;
  scope.add(origin(event), {
    logicalId,
    type: 'AWS::Events::Rule',
    properties: {
      ...omit(properties, [
        ...targetProperties,
        'Pattern',
        'RuleName',
        'Name',
        'Enabled',
        'Target',
        'DeadLetterConfig',
      ]),
      ...compact({
        EventPattern: Pattern,
        Name: RuleName ?? Name,
        ...(Enabled !== undefined && { State: stateOf(Enabled) }),
      }),
      Targets: [targetOf(event, target)],
    },
  });
  addPermission(event, 'events', { SourceArn: arnOf(logicalId) });
}

function addScheduleRule(event: SamEvent): void {
  const { scope, logicalId, properties } = event;
  const { Schedule, Enabled } = properties;
  scope.add(origin(event), {
    logicalId,
    type: 'AWS::Events::Rule',
    properties: {
      ...omit(properties, [...targetProperties, 'Schedule', 'Enabled', 'DeadLetterConfig']),
      ...compact({
        ScheduleExpression: Schedule,
        ...(Enabled !== undefined && { State: stateOf(Enabled) }),
      }),
      Targets: [targetOf(event, undefined)],
    },
  });
  addPermission(event, 'events', { SourceArn: arnOf(logicalId) });
}

function targetOf(event: SamEvent, id: TemplateValue | undefined): TemplateMap {
  const { logicalId, properties, targetArn } = event;
  return compact({
    ...pick(properties, targetProperties),
    Arn: targetArn,
    Id: id ?? `${logicalId}LambdaTarget`.slice(-64),
    DeadLetterConfig: deadLetterOf(event),
  });
}

/** `Type: SQS` asks for a queue of its own. */
function deadLetterOf(event: SamEvent): TemplateValue | undefined {
  const { scope, logicalId, properties } = event;
  const config = properties['DeadLetterConfig'];
  if (!isMap(config)) return config;
  const { Arn, Type, QueueLogicalId = `${logicalId}Queue` } = config;
  if (Arn !== undefined || Type !== 'SQS' || typeof QueueLogicalId !== 'string') {
    return compact({ Arn });
  }
  const queue = { logicalId: QueueLogicalId, type: 'AWS::SQS::Queue', properties: {} };
  scope.add(origin(event), queue);
  return { Arn: arnOf(QueueLogicalId) };
}

function stateOf(enabled: TemplateValue): TemplateValue {
  return enabled === false || enabled === 'false' ? 'DISABLED' : 'ENABLED';
}

function addSchedule(event: SamEvent): void {
  const { scope, logicalId, properties, targetArn } = event;
  const { Input, RetryPolicy } = properties;
  const given = omit(properties, [
    'Input',
    'RetryPolicy',
    'DeadLetterConfig',
    'PermissionsBoundary',
    'RoleArn',
    'OmitName',
  ]);
  const target = { Arn: targetArn, Input, RetryPolicy, DeadLetterConfig: deadLetterOf(event) };
  scope.add(origin(event), {
    logicalId,
    type: 'AWS::Scheduler::Schedule',
    properties: { ...given, Target: compact(target) },
  });
}
