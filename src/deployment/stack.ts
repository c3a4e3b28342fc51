import type { Bucket } from '../brokers/bucket.ts';
import type { EventBus } from '../brokers/event-bus.ts';
import type { Queue } from '../brokers/queue.ts';
import type { Stream } from '../brokers/stream.ts';
import type { Table } from '../brokers/table.ts';
import type { Topic } from '../brokers/topic.ts';
import type { Home } from '../core/arn.ts';
import { LambdaError } from '../core/errors.ts';
import type { Lambda } from '../lambda.ts';
import type { LambdaFunction } from '../lambda-function.ts';
import { roomsOf } from '../lambda-rooms.ts';
import type { FindReference } from '../template/evaluator.ts';
import { physicalName, type NameRule } from '../template/physical-names.ts';
import type { TemplatePlan } from '../template/plan.ts';
import type { TemplateResource } from '../template/template-resource.ts';
import { TemplateError } from '../template/template-error.ts';
import { Unresolved } from '../template/template-value.ts';

/** A resource that was deployed, and what references to it give. */
export interface DeployedResource {
  readonly logicalId: string;
  /** Such as `AWS::SQS::Queue`; what SAM makes of its own types is of CloudFormation's. */
  readonly type: string;
  /** What `Ref` gives. */
  readonly ref: string;
  /** What `Fn::GetAtt` gives. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The queue, function, topic, ... itself; undefined for what the library has no object of. */
  readonly object?: object;
}

export interface StackOptions {
  readonly lambda: Lambda;
  readonly plan: TemplatePlan;
  /** Where relative paths of code start. */
  readonly folder: string;
  readonly stackName: string | undefined;
}

/** What has been deployed of a template, while the rest is. */
export class Stack {
  readonly lambda: Lambda;
  readonly plan: TemplatePlan;
  readonly folder: string;
  readonly home: Home;
  readonly deployed: Map<string, DeployedResource> = new Map();
  readonly #stackName: string | undefined;
  /** Why, by logical id. */
  readonly #leftOut = new Map<string, string>();

  constructor({ lambda, plan, folder, stackName }: StackOptions) {
    this.lambda = lambda;
    this.plan = plan;
    this.folder = folder;
    this.home = roomsOf(lambda).options.home;
    this.#stackName = stackName;
  }

  /** The values of references, for the plan. */
  readonly find: FindReference = (logicalId, attribute) => {
    const resource = this.deployed.get(logicalId);
    if (resource === undefined) {
      return new Unresolved(this.#leftOut.get(logicalId) ?? `${logicalId} is not deployed`);
    }
    if (attribute === undefined) return resource.ref;
    const value = resource.attributes[attribute];
    if (value !== undefined) return value;
    return new Unresolved(`"${attribute}" of an ${resource.type} is not known here`);
  };

  leaveOut(logicalId: string, reason: string): void {
    this.#leftOut.set(logicalId, reason);
  }

  nameOf({ logicalId }: TemplateResource, rule: NameRule): string {
    return physicalName(this.#stackName, logicalId, rule);
  }

  error(resource: TemplateResource, problem: string, cause?: unknown): Error {
    return this.plan.text.error(resource.path, problem, cause);
  }

  /** What the library refused, with the place in the template; other errors as they are. */
  errorOf(resource: TemplateResource, error: unknown): unknown {
    const isOurs = error instanceof LambdaError && !(error instanceof TemplateError);
    return isOurs ? this.error(resource, error.message, error) : error;
  }

  /** @param reference name or ARN, with or without a version or alias */
  functionAt(resource: TemplateResource, reference: string): LambdaFunction {
    const found = this.lambda.getFunction(reference);
    if (found !== undefined) return found;
    throw this.error(resource, `There is no function ${reference}`);
  }

  queueAt(resource: TemplateResource, arn: string): Queue {
    const found = objectAt(this.lambda, arn);
    if (found !== undefined && 'receive' in found) return found;
    throw this.error(resource, `There is no queue ${arn}`);
  }
}

type ArnObject = LambdaFunction | Queue | Topic | EventBus | Stream | Table | Bucket;

/** What an ARN names, if it is in this `Lambda`. */
export function objectAt(lambda: Lambda, arn: string): ArnObject | undefined {
  const [, , service, , , ...rest] = arn.split(':');
  const path = rest.join(':');
  const [kind = '', name = ''] = path.split('/');
  switch (service) {
    case 'sqs':
      return lambda.getQueue(path);
    case 'sns':
      return lambda.getTopic(path);
    case 'events':
      return kind === 'event-bus' ? lambda.getEventBus(path.slice(kind.length + 1)) : undefined;
    case 'kinesis':
      return kind === 'stream' ? lambda.getStream(name) : undefined;
    case 'dynamodb':
      return kind === 'table' ? lambda.getTable(name) : undefined;
    case 's3':
      return lambda.getBucket(path);
    case 'lambda':
      return lambda.getFunction(arn);
    default:
      return undefined;
  }
}
