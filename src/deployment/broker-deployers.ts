import type { RedrivePolicy } from '../brokers/queue-options.ts';
import type { Queue } from '../brokers/queue.ts';
import type { Topic } from '../brokers/topic.ts';
import type { SubscribeOptions } from '../brokers/subscriber.ts';
import type { TableOptions } from '../brokers/table-options.ts';
import type { NotificationOptions } from '../brokers/notification-options.ts';
import { readBucket, readStream, readTable } from '../template/resources/data-resources.ts';
import { readQueue, type PlannedQueue } from '../template/resources/queue-resource.ts';
import { readSubscription, readTopic } from '../template/resources/topic-resources.ts';
import type { TemplateResource } from '../template/template-resource.ts';
import type { Deployer } from './deployer.ts';
import { objectAt, type Stack } from './stack.ts';

export const deployQueue: Deployer = async (stack, resource, properties) => {
  const { name: given, isFifo, options, redrive } = readQueue(properties);
  const rule = { maxLength: 80, suffix: isFifo ? '.fifo' : '' };
  const name = given ?? stack.nameOf(resource, rule);
  const policy = redrive && {
    target: stack.queueAt(resource, redrive.targetArn),
    maxReceives: redrive.maxReceives,
  };
  const existing = stack.lambda.getQueue(name);
  if (existing !== undefined) changeQueue(stack, resource, existing, options, policy);
  const queue =
    existing ?? stack.lambda.createQueue(name, { ...options, ...(policy && { redrive: policy }) });
  const { region, accountId } = stack.home;
  const url = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
  return {
    ref: url,
    attributes: { Arn: queue.arn, QueueName: name, QueueUrl: url },
    object: queue,
  };
};

/** Brings a queue up to date: one of the template as it was, or of the process before. */
function changeQueue(
  stack: Stack,
  resource: TemplateResource,
  queue: Queue,
  options: PlannedQueue['options'],
  redrive: RedrivePolicy | undefined,
): void {
  const { retentionMs, dedupScope, throughputLimit, ...changes } = options;
  for (const [name, wanted] of Object.entries({ retentionMs, dedupScope, throughputLimit })) {
    if (wanted === undefined || Reflect.get(queue.settings, name) === wanted) continue;
    throw stack.error(resource, `The queue "${queue.name}" is there with another \`${name}\``);
  }
  queue.configure({ ...changes, redrive: redrive ?? null });
}

export const deployTopic: Deployer = async (stack, resource, properties) => {
  const { name: given, isFifo, options, subscriptions } = readTopic(properties);
  const rule = { maxLength: 256, suffix: isFifo ? '.fifo' : '' };
  const name = given ?? stack.nameOf(resource, rule);
  const { lambda } = stack;
  const topic = lambda.getTopic(name) ?? lambda.createTopic(name, options);
  for (const { protocol, endpoint } of subscriptions) {
    await subscribe(stack, resource, { topic, protocol, endpoint, options: {} });
  }
  return {
    ref: topic.arn,
    attributes: { TopicArn: topic.arn, TopicName: name },
    object: topic,
  };
};

export const deploySubscription: Deployer = async (stack, resource, properties) => {
  const { topicArn, protocol, endpoint, options, deadLetterArn } = readSubscription(properties);
  const topic = objectAt(stack.lambda, topicArn);
  if (topic === undefined || !('subscribe' in topic)) {
    throw stack.error(resource, `There is no topic ${topicArn}`);
  }
  const arn = await subscribe(stack, resource, {
    topic,
    protocol,
    endpoint,
    options: {
      ...(options as SubscribeOptions),
      ...(deadLetterArn !== undefined && { deadLetter: stack.queueAt(resource, deadLetterArn) }),
    },
  });
  return { ref: arn, attributes: { Arn: arn } };
};

/** Only queues and functions are here; mail, SMS and HTTP are not. */
async function subscribe(
  stack: Stack,
  resource: TemplateResource,
  subscription: {
    readonly topic: Topic;
    readonly protocol: string;
    readonly endpoint: string | undefined;
    readonly options: SubscribeOptions;
  },
): Promise<string> {
  const { topic, protocol, endpoint = '', options } = subscription;
  if (protocol === 'sqs') {
    return topic.subscribe(stack.queueAt(resource, endpoint), options).arn;
  }
  if (protocol === 'lambda') {
    return topic.subscribe(stack.functionAt(resource, endpoint), options).arn;
  }
  const problem = `Subscribers by ${protocol} are not reached from here`;
  stack.plan.warnings.add([...resource.path, 'Protocol'], problem);
  return `${topic.arn}:${protocol}`;
}

export const deployStream: Deployer = async (stack, resource, properties) => {
  const { name: given, options } = readStream(properties);
  const name = given ?? stack.nameOf(resource, { maxLength: 128 });
  const { lambda } = stack;
  const stream = lambda.getStream(name) ?? lambda.createStream(name, options);
  return { ref: name, attributes: { Arn: stream.arn }, object: stream };
};

export const deployTable: Deployer = async (stack, resource, properties) => {
  const { name: given, options } = readTable(properties);
  const name = given ?? stack.nameOf(resource, { maxLength: 255 }).padEnd(3, '0');
  const { lambda } = stack;
  const table = lambda.getTable(name) ?? lambda.createTable(name, options as TableOptions);
  return {
    ref: name,
    attributes: {
      Arn: table.arn,
      ...(table.stream !== undefined && { StreamArn: table.stream.arn }),
    },
    object: table,
  };
};

export const deployBucket: Deployer = async (stack, resource, properties) => {
  const { name: given, notifications } = readBucket(properties);
  const name = given ?? stack.nameOf(resource, { maxLength: 63, lowerCase: true });
  const { lambda } = stack;
  const bucket = lambda.getBucket(name) ?? lambda.createBucket(name);
  for (const [index, { targetArn, options }] of notifications.entries()) {
    const bus = lambda.getEventBus('default') ?? lambda.createEventBus('default');
    const target = targetArn === undefined ? bus : objectAt(lambda, targetArn);
    if (target === undefined) {
      throw stack.error(resource, `There is no ${targetArn}, which notifications would go to`);
    }
    // The same again when the template is deployed again.
    const id = `${resource.logicalId}-${index + 1}`;
    bucket.removeNotification(id);
    await bucket.notify({ ...options, id, target } as NotificationOptions);
  }
  const { region } = stack.home;
  return {
    ref: name,
    attributes: {
      Arn: bucket.arn,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
    },
    object: bucket,
  };
};
