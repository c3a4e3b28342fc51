import type { PlainValue, Properties } from '../properties.ts';
import { withoutUndefined } from './function-resource.ts';

/** A target of a rule or a schedule. */
export interface PlannedTarget {
  readonly arn: string;
  readonly options: {
    readonly id?: string;
    readonly input?: string;
    readonly inputPath?: string;
    readonly inputTransformer?: {
      readonly inputTemplate: string;
      readonly inputPathsMap?: Readonly<Record<string, string>>;
    };
    readonly groupId?: string;
    readonly maxRetries?: number;
    readonly maxEventAgeMs?: number;
  };
  readonly deadLetterArn: string | undefined;
}

/** `AWS::Events::Rule`: with a pattern, with a schedule, or with both. */
export interface PlannedRule {
  readonly name: string | undefined;
  /** Name or ARN. */
  readonly bus: string;
  readonly description: string | undefined;
  readonly isEnabled: boolean;
  readonly pattern: PlainValue | undefined;
  readonly schedule: string | undefined;
  readonly targets: readonly PlannedTarget[];
}

/** `AWS::Events::Archive` */
export interface PlannedArchive {
  readonly name: string | undefined;
  readonly sourceArn: string;
  readonly options: {
    readonly pattern?: PlainValue;
    readonly retentionMs?: number;
    readonly description?: string;
  };
}

/** `AWS::Scheduler::Schedule` */
export interface PlannedSchedule {
  readonly name: string | undefined;
  readonly isEnabled: boolean;
  readonly expression: string;
  readonly timeZone?: string;
  readonly target: PlannedTarget;
}

const dayMs = 86_400_000;

export function readBus(properties: Properties): { readonly name: string | undefined } {
  properties.ignore(
    'Tags',
    'Policy',
    'KmsKeyIdentifier',
    'Description',
    'DeadLetterConfig',
    'LogConfig',
  );
  return { name: properties.text('Name') };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html */
export function readRule(properties: Properties): PlannedRule {
  properties.ignore('RoleArn', 'Tags');
  return {
    name: properties.text('Name'),
    bus: properties.text('EventBusName') ?? 'default',
    description: properties.text('Description'),
    isEnabled: properties.text('State') !== 'DISABLED',
    pattern: properties.document('EventPattern'),
    schedule: properties.text('ScheduleExpression'),
    targets: properties.maps('Targets').map(readTarget),
  };
}

function readTarget(target: Properties): PlannedTarget {
  target.ignore('RoleArn');
  const transformer = target.map('InputTransformer');
  const retry = target.map('RetryPolicy');
  return {
    arn: target.neededText('Arn'),
    options: withoutUndefined({
      id: target.text('Id'),
      input: target.text('Input'),
      inputPath: target.text('InputPath'),
      inputTransformer:
        transformer &&
        withoutUndefined({
          inputTemplate: transformer.neededText('InputTemplate'),
          inputPathsMap: transformer.textMap('InputPathsMap'),
        }),
      groupId: target.map('SqsParameters')?.text('MessageGroupId'),
      maxRetries: retry?.integer('MaximumRetryAttempts'),
      maxEventAgeMs: retry?.seconds('MaximumEventAgeInSeconds'),
    }),
    deadLetterArn: target.map('DeadLetterConfig')?.text('Arn'),
  };
}

export function readArchive(properties: Properties): PlannedArchive {
  properties.ignore('KmsKeyIdentifier');
  const days = properties.integer('RetentionDays');
  return {
    name: properties.text('ArchiveName'),
    sourceArn: properties.neededText('SourceArn'),
    options: withoutUndefined({
      pattern: properties.document('EventPattern'),
      // 0 keeps them without end.
      retentionMs: days === undefined || days === 0 ? undefined : days * dayMs,
      description: properties.text('Description'),
    }),
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html */
export function readSchedule(properties: Properties): PlannedSchedule {
  properties.ignore('GroupName', 'KmsKeyArn', 'Description');
  // Each run is at its time, which is within every window.
  properties.ignore('FlexibleTimeWindow');
  const timeZone = properties.text('ScheduleExpressionTimezone');
  return {
    name: properties.text('Name'),
    isEnabled: properties.text('State') !== 'DISABLED',
    expression: properties.neededText('ScheduleExpression'),
    ...(timeZone !== undefined && { timeZone }),
    target: readTarget(properties.neededMap('Target')),
  };
}
