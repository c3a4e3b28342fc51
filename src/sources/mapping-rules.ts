import { compileMappingPattern, InvalidEventPatternError } from '../brokers/event-pattern.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkBoolean, checkInteger, checkKnownKeys, checkOneOf } from '../core/options.ts';
import { AwsRuleError } from '../functions/aws-rule-error.ts';
import type {
  FilterPattern,
  MappingChanges,
  MappingOptions,
  MappingSettings,
} from './mapping-options.ts';

/** What a mapping can read from. */
export type SourceKind = 'queue' | 'stream' | 'table';

/** What rules need to know of a source. */
export interface SourceFacts {
  readonly kind: SourceKind;
  readonly arn: string;
  readonly isFifo: boolean;
}

type SettingOptions = Omit<MappingOptions, 'source' | 'target' | 'enabled' | 'tags'>;

const tuningKeys = {
  enabled: true,
  batchSize: true,
  windowMs: true,
  filters: true,
  reportItemFailures: true,
  maxConcurrency: true,
  maxRetries: true,
  maxRecordAgeMs: true,
  bisectOnError: true,
  parallelizationFactor: true,
  tumblingWindowMs: true,
  onFailure: true,
} as const;

const optionKeys = Object.keys({
  source: true,
  target: true,
  startingPosition: true,
  startingAtMs: true,
  tags: true,
  ...tuningKeys,
} satisfies Record<keyof MappingOptions, true>);

const changeKeys = Object.keys({
  target: true,
  ...tuningKeys,
} satisfies Record<keyof MappingChanges, true>);

/** AWS's names of options that one kind of source does not have. */
const streamOnly = {
  maxRetries: 'maximumRetryAttempts',
  maxRecordAgeMs: 'maximumRecordAgeInSeconds',
  bisectOnError: 'bisectBatchOnFunctionError',
  parallelizationFactor: 'parallelizationFactor',
  tumblingWindowMs: 'tumblingWindowInSeconds',
} as const;

export function checkOptionNames(options: MappingOptions): void {
  checkKnownKeys('options', options, optionKeys);
}

export function checkChangeNames(changes: MappingChanges): void {
  checkKnownKeys('changes', changes, changeKeys);
}

/** @throws AwsRuleError for an ARN that mappings cannot read from */
export function sourceKindOf(arn: string): SourceKind {
  const [, kind] = /^arn:aws[a-z-]*:(sqs|kinesis|dynamodb):/.exec(arn) ?? [];
  if (kind === 'sqs') return 'queue';
  if (kind === 'kinesis') return 'stream';
  if (kind === 'dynamodb' && arn.includes('/stream/')) return 'table';
  throw new AwsRuleError(
    'source',
    'a queue, a stream or a table with a stream, or the ARN of a queue, stream or table stream',
    arn,
    'Unrecognized event source.',
  );
}

/** Checks the options against the rules of a kind of source and puts every default in its place. */
export function resolveSettings(options: SettingOptions, source: SourceFacts): MappingSettings {
  if (source.kind === 'queue') refuseStreamOptions(options);
  const {
    batchSize = source.kind === 'queue' ? 10 : 100,
    windowMs = 0,
    filters = [],
    reportItemFailures = false,
    maxConcurrency = null,
    startingPosition,
    startingAtMs,
    maxRetries = -1,
    maxRecordAgeMs = -1,
    bisectOnError = false,
    parallelizationFactor = 1,
    tumblingWindowMs = 0,
    onFailure = null,
  } = options;
  const bounds = limits.mapping;
  checkInteger('batchSize', batchSize, bounds.batchSize);
  checkInteger('windowMs', windowMs, bounds.windowMs);
  checkBoolean('reportItemFailures', reportItemFailures);
  checkBoolean('bisectOnError', bisectOnError);
  checkInteger('parallelizationFactor', parallelizationFactor, bounds.parallelizationFactor);
  checkInteger('tumblingWindowMs', tumblingWindowMs, bounds.tumblingWindowMs);
  checkUnlessNone('maxRetries', maxRetries, bounds.maxRetries);
  checkUnlessNone('maxRecordAgeMs', maxRecordAgeMs, bounds.maxRecordAgeMs);
  if (maxConcurrency !== null) checkConcurrency(maxConcurrency, source);
  if (source.kind === 'queue') checkQueueBatch(batchSize, windowMs, source);
  else checkPosition(startingPosition, startingAtMs, source);
  return Object.freeze({
    batchSize,
    windowMs,
    filters: resolveFilters(filters),
    reportItemFailures,
    maxConcurrency,
    startingPosition: startingPosition ?? null,
    startingAtMs: startingAtMs ?? null,
    maxRetries,
    maxRecordAgeMs,
    bisectOnError,
    parallelizationFactor,
    tumblingWindowMs,
    onFailure: onFailure === null ? null : destinationArn(onFailure),
  });
}

/** The settings after a change; what it leaves out stays. */
export function changedSettings(
  before: MappingSettings,
  changes: MappingChanges,
  source: SourceFacts,
): MappingSettings {
  const { target: _target, enabled: _enabled, ...given } = changes;
  const wanted = Object.entries(given).filter(([, value]) => value !== undefined);
  return resolveSettings(
    { ...optionsOf(before, source.kind), ...(Object.fromEntries(wanted) as SettingOptions) },
    source,
  );
}

/** The options that make these settings. */
function optionsOf(settings: MappingSettings, kind: SourceKind): SettingOptions {
  const { batchSize, windowMs, filters, reportItemFailures, maxConcurrency } = settings;
  const common = { batchSize, windowMs, filters, reportItemFailures };
  if (kind === 'queue') return { ...common, maxConcurrency };
  const { maxRetries, maxRecordAgeMs, bisectOnError, parallelizationFactor } = settings;
  const { tumblingWindowMs, onFailure, startingPosition, startingAtMs } = settings;
  return {
    ...common,
    maxRetries,
    maxRecordAgeMs,
    bisectOnError,
    parallelizationFactor,
    tumblingWindowMs,
    onFailure,
    ...(startingPosition !== null && { startingPosition }),
    ...(startingAtMs !== null && { startingAtMs }),
  };
}

/** AWS wants the messages of a queue hidden for as long as the function may take. */
export function checkVisibility(visibilityMs: number, functionTimeoutMs: number): void {
  if (visibilityMs >= functionTimeoutMs) return;
  throw new AwsRuleError(
    'source',
    `a queue whose visibility timeout is at least ${functionTimeoutMs} ms, the function's timeout`,
    visibilityMs,
    `Queue visibility timeout: ${visibilityMs / 1_000} seconds is less than Function timeout: ${functionTimeoutMs / 1_000} seconds`,
  );
}

function refuseStreamOptions(options: SettingOptions): void {
  for (const option of ['startingPosition', 'startingAtMs'] as const) {
    if (options[option] === undefined) continue;
    const said = 'StartingPosition is not valid for SQS event sources.';
    throw new AwsRuleError(option, 'left out for queues', options[option], said);
  }
  if (options.onFailure !== undefined && options.onFailure !== null) {
    const said = unsupported('DestinationConfig');
    throw new AwsRuleError('onFailure', 'left out for queues', options.onFailure, said);
  }
  for (const [option, name] of Object.entries(streamOnly)) {
    const value: unknown = options[option as keyof typeof streamOnly];
    if (value === undefined) continue;
    throw new AwsRuleError(option, 'left out for queues', value, unsupported(`'${name}'`));
  }
}

function unsupported(name: string): string {
  return `Unsupported ${name} parameter for given event source mapping type.`;
}

function checkQueueBatch(batchSize: number, windowMs: number, { isFifo }: SourceFacts): void {
  if (isFifo && windowMs > 0) {
    const said = 'Batching window is not supported for FIFO queues';
    throw new AwsRuleError('windowMs', '0 for FIFO queues', windowMs, said);
  }
  if (isFifo) checkInteger('batchSize', batchSize, { min: 1, max: limits.sqs.batchEntries });
  if (batchSize <= limits.sqs.batchEntries || windowMs >= 1_000) return;
  throw new AwsRuleError(
    'windowMs',
    'at least 1000 where `batchSize` is more than 10',
    windowMs,
    'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
  );
}

function checkConcurrency(maxConcurrency: unknown, { kind }: SourceFacts): void {
  checkInteger('maxConcurrency', maxConcurrency, limits.mapping.maxConcurrency);
  if (kind === 'queue') return;
  const said = unsupported('ScalingConfig');
  throw new AwsRuleError('maxConcurrency', 'left out for streams', maxConcurrency, said);
}

function checkPosition(position: unknown, atMs: unknown, { kind, arn }: SourceFacts): void {
  if (position === undefined) {
    throw new AwsRuleError(
      'startingPosition',
      '"TRIM_HORIZON", "LATEST" or "AT_TIMESTAMP" for streams',
      position,
      "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
    );
  }
  checkOneOf('startingPosition', position, ['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP']);
  if (position !== 'AT_TIMESTAMP') {
    if (atMs === undefined) return;
    const said = 'Timestamp only valid with StartingPosition AT_TIMESTAMP';
    throw new AwsRuleError('startingAtMs', 'left out without AT_TIMESTAMP', atMs, said);
  }
  if (kind === 'table') {
    const said = `Unsupported starting position for arn type: ${arn}`;
    throw new AwsRuleError('startingPosition', '"TRIM_HORIZON" or "LATEST"', position, said);
  }
  if (typeof atMs === 'number' && atMs < 0) {
    const said =
      'Received Exception while reading from provided stream. class java.lang.Long can not be converted to a Timestamp';
    throw new AwsRuleError('startingAtMs', 'epoch milliseconds', atMs, said);
  }
  checkInteger('startingAtMs', atMs, { min: 0, max: 8.64e15 });
}

function checkUnlessNone(
  option: string,
  value: unknown,
  range: { readonly min: number; readonly max: number },
): void {
  if (value !== -1) checkInteger(option, value, range, '-1 stands for no limit');
}

function resolveFilters(filters: unknown): readonly string[] {
  if (!Array.isArray(filters) || filters.length > limits.mapping.filters) {
    const rule = `a list of at most ${limits.mapping.filters} event patterns`;
    throw new InvalidOptionError('filters', rule, filters);
  }
  return Object.freeze(filters.map((filter: FilterPattern, index) => patternText(filter, index)));
}

function patternText(pattern: FilterPattern, index: number): string {
  try {
    return compileMappingPattern(pattern).json;
  } catch (error) {
    if (!(error instanceof InvalidEventPatternError)) throw error;
    const said = 'Invalid filter pattern definition.';
    throw new AwsRuleError(`filters[${index}]`, `a pattern (${error.reason})`, pattern, said);
  }
}

function destinationArn(destination: unknown): string {
  const arn: unknown =
    typeof destination === 'object' && destination !== null && 'arn' in destination
      ? destination.arn
      : destination;
  if (typeof arn === 'string' && arn.startsWith('arn:')) return arn;
  throw new InvalidOptionError('onFailure', 'a queue, topic or bucket, or its ARN', destination);
}
