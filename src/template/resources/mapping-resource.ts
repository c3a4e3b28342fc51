import type { Properties } from '../properties.ts';
import { withoutUndefined } from './function-resource.ts';
import { destinationOf } from './version-resources.ts';

/** `AWS::Lambda::EventSourceMapping` */
export interface PlannedMapping {
  readonly sourceArn: string;
  /** Name or ARN, with or without a version or alias. */
  readonly functionName: string;
  /** Only when it is made. */
  readonly start: { readonly startingPosition?: string; readonly startingAtMs?: number };
  readonly options: {
    readonly enabled?: boolean;
    readonly batchSize?: number;
    readonly windowMs?: number;
    readonly filters?: readonly string[];
    readonly reportItemFailures?: boolean;
    readonly maxConcurrency?: number;
    readonly maxRetries?: number;
    readonly maxRecordAgeMs?: number;
    readonly bisectOnError?: boolean;
    readonly parallelizationFactor?: number;
    readonly tumblingWindowMs?: number;
    readonly onFailure?: string;
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html */
export function readMapping(properties: Properties): PlannedMapping {
  properties.ignore('KmsKeyArn', 'Tags', 'MetricsConfig', 'LoggingConfig');
  const responseTypes = properties.texts('FunctionResponseTypes');
  const ageSeconds = properties.integer('MaximumRecordAgeInSeconds');
  return {
    sourceArn: properties.neededText('EventSourceArn'),
    functionName: properties.neededText('FunctionName'),
    start: withoutUndefined({
      startingPosition: properties.text('StartingPosition'),
      startingAtMs: properties.seconds('StartingPositionTimestamp'),
    }),
    options: withoutUndefined({
      enabled: properties.boolean('Enabled'),
      batchSize: properties.integer('BatchSize'),
      windowMs: properties.seconds('MaximumBatchingWindowInSeconds'),
      filters: properties
        .map('FilterCriteria')
        ?.maps('Filters')
        .map((filter) => patternOf(filter)),
      reportItemFailures: responseTypes?.includes('ReportBatchItemFailures'),
      maxConcurrency: properties.map('ScalingConfig')?.integer('MaximumConcurrency'),
      maxRetries: properties.integer('MaximumRetryAttempts'),
      // -1 is no age, so it is no number of seconds either.
      maxRecordAgeMs: ageSeconds === undefined || ageSeconds < 0 ? ageSeconds : ageSeconds * 1_000,
      bisectOnError: properties.boolean('BisectBatchOnFunctionError'),
      parallelizationFactor: properties.integer('ParallelizationFactor'),
      tumblingWindowMs: properties.seconds('TumblingWindowInSeconds'),
      onFailure: destinationOf(properties.map('DestinationConfig'), 'OnFailure'),
    }),
  };
}

/** A text of JSON; some write the pattern as a map. */
function patternOf(filter: Properties): string {
  const pattern = filter.plain('Pattern');
  return typeof pattern === 'string' ? pattern : JSON.stringify(pattern ?? {});
}
