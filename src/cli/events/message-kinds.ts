import type {
  CloudWatchLogsEventOptions,
  EventBridgeEventOptions,
  S3EventOptions,
  ScheduledEventOptions,
  SnsEventOptions,
  SqsEventOptions,
  SqsMessageOptions,
} from '../../testing/index.ts';
import { picked, type EventKind, type ServiceKinds } from './event-kind.ts';
import { content, integer, many, pair, text, type SpecsOf } from './option-specs.ts';

const bucketObject = {
  bucket: text('--bucket <name>', 'name of the bucket (default: my-bucket)'),
  key: text('--key <key>', 'key of the object, as it is (default: my-key)'),
  body: text('--body <text>', 'what was put; gives size and ETag'),
  size: integer('--size <bytes>', 'size of the object (default: that of the body)'),
  versionId: text('--version-id <id>', 'version of the object'),
} satisfies SpecsOf<S3EventOptions, 'eventName'>;

const message = {
  body: many('--body <text>', 'body of the message'),
  attributes: pair('--attribute <NAME=value>', 'message attribute'),
  receiveCount: integer('--receive-count <n>', 'how often it was received (default: 1)'),
  groupId: text('--group-id <id>', 'message group of a FIFO queue'),
  dedupId: text('--dedup-id <id>', 'deduplication id of a FIFO queue'),
  traceHeader: text('--trace-header <text>', 'X-Ray trace header'),
} satisfies SpecsOf<SqsMessageOptions>;
const queue = {
  queue: text('--queue <name>', 'name of the queue; .fifo at its end makes it FIFO'),
} satisfies SpecsOf<SqsEventOptions>;

const notification = {
  message: text('--message <text>', 'the message'),
  subject: text('--subject <text>', 'the subject'),
  attributes: pair('--attribute <NAME=value>', 'message attribute'),
  topic: text('--topic <name>', 'name of the topic (default: my-topic)'),
} satisfies SpecsOf<SnsEventOptions>;

const busEvent = {
  detailType: text('--detail-type <text>', 'detail-type (default: my-detail-type)'),
  detail: content('--detail <json>', 'detail (default: {})'),
  source: text('--source <name>', 'source (default: my.app)'),
  resources: many('--resource <arn>', 'ARN of a resource'),
} satisfies SpecsOf<EventBridgeEventOptions<string, unknown>>;

const schedule = {
  rule: text('--rule <name>', 'name of the rule (default: my-schedule)'),
} satisfies SpecsOf<ScheduledEventOptions>;

const logs = {
  logGroup: text('--log-group <name>', 'log group (default: /aws/lambda/my-function)'),
  logStream: text('--log-stream <name>', 'log stream'),
  filter: text('--filter <name>', 'name of the subscription filter'),
} satisfies SpecsOf<CloudWatchLogsEventOptions>;

function objectKind(eventName: string, summary: string): EventKind {
  return {
    summary,
    options: bucketObject,
    build: ({ s3Event }, values, origin) => s3Event({ ...values, ...origin, eventName }),
  };
}

/** Messages, notifications and events of a bus. */
export const messageKinds: ServiceKinds = {
  cloudwatch: {
    logs: {
      summary: 'lines of a log, as a subscription sends them',
      options: { ...logs, message: many('--message <text>', 'line of the log') },
      build: ({ cloudWatchLogsEvent }, values, origin) => {
        const lines = (values['message'] as readonly string[] | undefined) ?? ['Hello from Logs!'];
        return cloudWatchLogsEvent(lines, { ...picked(values, logs), ...origin });
      },
    },
    'scheduled-event': {
      summary: 'what a rule with a schedule sends',
      options: schedule,
      build: ({ scheduledEvent }, values, origin) => scheduledEvent({ ...values, ...origin }),
    },
  },
  eventbridge: {
    event: {
      summary: 'an event of a bus',
      options: busEvent,
      build: ({ eventBridgeEvent }, values, origin) =>
        eventBridgeEvent({ detailType: 'my-detail-type', detail: {}, ...values, ...origin }),
    },
  },
  s3: {
    put: objectKind('ObjectCreated:Put', 'an object was put'),
    delete: objectKind('ObjectRemoved:Delete', 'an object was removed'),
  },
  sns: {
    notification: {
      summary: 'a notification of a topic',
      options: notification,
      build: ({ snsEvent }, values, origin) =>
        snsEvent({ message: 'Hello from SNS!', ...values, ...origin }),
    },
  },
  sqs: {
    'receive-message': {
      summary: 'messages of a queue',
      options: { ...message, ...queue },
      build: ({ sqsEvent }, values, origin) => {
        const bodies = (values['body'] as readonly string[] | undefined) ?? ['Hello from SQS!'];
        const shared = picked(values, message);
        return sqsEvent(
          bodies.map((body) => ({ ...shared, body })),
          { ...picked(values, queue), ...origin },
        );
      },
    },
  },
};
