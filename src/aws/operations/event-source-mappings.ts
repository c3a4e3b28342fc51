import { functionArn } from '../../core/arn.ts';
import type { MappingOptions, MappingTuning } from '../../sources/mapping-options.ts';
import type { KeptMembers, MappingInfo } from '../../sources/mapping-record.ts';
import { invalidParameter } from '../api-error.ts';
import type { InputOf } from '../model/shapes.ts';
import type { Call, Group } from '../operation.ts';
import { pageOf } from '../pagination.ts';
import { referenceOf } from '../references.ts';

type Names =
  | 'CreateEventSourceMapping'
  | 'GetEventSourceMapping'
  | 'ListEventSourceMappings'
  | 'UpdateEventSourceMapping'
  | 'DeleteEventSourceMapping';

type Created = InputOf<'CreateEventSourceMapping'>;
type Updated = InputOf<'UpdateEventSourceMapping'>;

/** Mappings of one page. */
const largestPage = 100;

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html */
export const eventSourceMappingOperations: Group<Names> = {
  async CreateEventSourceMapping(input, call) {
    const { EventSourceArn, Enabled, Tags } = input;
    // Sources that this door cannot read (Kafka, MQ, DocumentDB) are none to it.
    if (EventSourceArn === undefined) throw invalidParameter('Unrecognized event source.');
    checkConfig(input);
    const info = await call.rooms.sources.mappings.create(
      {
        source: EventSourceArn,
        target: targetArn(call, input.FunctionName),
        ...startOf(input),
        ...tuningOf(input),
        ...(Enabled !== undefined && { enabled: Enabled }),
        ...(Tags !== undefined && { tags: Tags }),
      },
      keptOf(input),
    );
    return { json: shown(call, info) };
  },

  GetEventSourceMapping({ UUID }, call) {
    return { json: shown(call, call.rooms.sources.mappings.get(UUID)) };
  },

  ListEventSourceMappings(input, call) {
    const { EventSourceArn, FunctionName } = input;
    const wanted = FunctionName === undefined ? undefined : targetArn(call, FunctionName);
    const found = call.rooms.sources.mappings
      .list()
      .filter((info) => EventSourceArn === undefined || info.sourceArn === EventSourceArn)
      .filter((info) => wanted === undefined || info.functionArn === wanted);
    const { items, nextMarker } = pageOf(found, ({ id }) => id, input, largestPage);
    return {
      json: {
        EventSourceMappings: items.map((info) => shown(call, info)),
        NextMarker: nextMarker,
      },
    };
  },

  async UpdateEventSourceMapping(input, call) {
    const { UUID, FunctionName, Enabled } = input;
    checkConfig(input);
    const changes = {
      ...tuningOf(input),
      ...(FunctionName !== undefined && { target: targetArn(call, FunctionName) }),
      ...(Enabled !== undefined && { enabled: Enabled }),
    };
    const info = await call.rooms.sources.mappings.update(UUID, changes, keptOf(input));
    return { json: shown(call, info) };
  },

  async DeleteEventSourceMapping({ UUID }, call) {
    const { mappings } = call.rooms.sources;
    // It may be gone before the answer is made.
    const kept = mappings.keptOf(UUID);
    return { json: shownWith(await mappings.delete(UUID), kept) };
  },
};

function targetArn(call: Call, text: string): string {
  const { name, qualifier } = referenceOf(call, text);
  return functionArn(call.rooms.options.home, name, qualifier);
}

function checkConfig({
  DestinationConfig,
  ProvisionedPollerConfig,
  ScalingConfig,
}: Updated | Created): void {
  if (DestinationConfig?.OnSuccess !== undefined) {
    throw invalidParameter(
      'Unsupported DestinationConfig parameter for given event source mapping type.',
    );
  }
  if (ProvisionedPollerConfig === undefined) return;
  if (ScalingConfig?.MaximumConcurrency === undefined) return;
  throw invalidParameter('ProvisionedPollerConfig and MaximumConcurrency exclude each other.');
}

function startOf(input: Created): Pick<MappingOptions, 'startingPosition' | 'startingAtMs'> {
  const { StartingPosition, StartingPositionTimestamp } = input;
  return {
    ...(StartingPosition !== undefined && { startingPosition: StartingPosition }),
    ...(StartingPositionTimestamp !== undefined && {
      startingAtMs: Math.round(StartingPositionTimestamp * 1_000),
    }),
  };
}

function tuningOf(input: Created | Updated): MappingTuning {
  const { BatchSize, MaximumBatchingWindowInSeconds, FilterCriteria, FunctionResponseTypes } =
    input;
  const { ScalingConfig, MaximumRetryAttempts, MaximumRecordAgeInSeconds } = input;
  const { BisectBatchOnFunctionError, ParallelizationFactor, TumblingWindowInSeconds } = input;
  const { DestinationConfig } = input;
  return {
    ...(BatchSize !== undefined && { batchSize: BatchSize }),
    ...(MaximumBatchingWindowInSeconds !== undefined && {
      windowMs: MaximumBatchingWindowInSeconds * 1_000,
    }),
    ...(FilterCriteria !== undefined && {
      filters: (FilterCriteria.Filters ?? []).map(({ Pattern = '' }) => Pattern),
    }),
    ...(FunctionResponseTypes !== undefined && {
      reportItemFailures: FunctionResponseTypes.includes('ReportBatchItemFailures'),
    }),
    ...(ScalingConfig !== undefined && {
      maxConcurrency: ScalingConfig.MaximumConcurrency ?? null,
    }),
    ...(MaximumRetryAttempts !== undefined && { maxRetries: MaximumRetryAttempts }),
    ...(MaximumRecordAgeInSeconds !== undefined && {
      maxRecordAgeMs: MaximumRecordAgeInSeconds === -1 ? -1 : MaximumRecordAgeInSeconds * 1_000,
    }),
    ...(BisectBatchOnFunctionError !== undefined && { bisectOnError: BisectBatchOnFunctionError }),
    ...(ParallelizationFactor !== undefined && { parallelizationFactor: ParallelizationFactor }),
    ...(TumblingWindowInSeconds !== undefined && {
      tumblingWindowMs: TumblingWindowInSeconds * 1_000,
    }),
    ...(DestinationConfig !== undefined && { onFailure: failureArn(DestinationConfig) }),
  };
}

/** An empty one takes away what is there. */
function failureArn(config: NonNullable<Updated['DestinationConfig']>): string | null {
  const { Destination = '' } = config.OnFailure ?? {};
  return Destination === '' ? null : Destination;
}

/** What is stored and shown, and has no meaning in a process. */
function keptOf(input: Created | Updated): KeptMembers {
  const { KMSKeyArn, MetricsConfig, LoggingConfig, ProvisionedPollerConfig } = input;
  const given = Object.entries({
    KMSKeyArn,
    MetricsConfig,
    LoggingConfig,
    ProvisionedPollerConfig,
  });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

function shown(call: Call, info: MappingInfo): Record<string, unknown> {
  return shownWith(info, call.rooms.sources.mappings.keptOf(info.id));
}

function shownWith(info: MappingInfo, kept: KeptMembers): Record<string, unknown> {
  const { id, filters, reportItemFailures, maxConcurrency, kind } = info;
  return {
    UUID: id,
    ...(kind !== 'queue' && startShown(info)),
    BatchSize: info.batchSize,
    MaximumBatchingWindowInSeconds: info.windowMs / 1_000,
    ...(kind !== 'queue' && { ParallelizationFactor: info.parallelizationFactor }),
    EventSourceArn: info.sourceArn,
    ...(filters.length > 0 && {
      FilterCriteria: { Filters: filters.map((Pattern) => ({ Pattern })) },
    }),
    FunctionArn: info.functionArn,
    LastModified: info.lastModifiedMs / 1_000,
    ...(kind !== 'queue' && { LastProcessingResult: info.lastProcessingResult }),
    State: info.state,
    StateTransitionReason: info.stateReason,
    ...(kind !== 'queue' && streamShown(info)),
    FunctionResponseTypes: reportItemFailures ? ['ReportBatchItemFailures'] : [],
    ...(maxConcurrency !== null && { ScalingConfig: { MaximumConcurrency: maxConcurrency } }),
    ...kept,
    EventSourceMappingArn: info.arn,
  };
}

function startShown({ startingPosition, startingAtMs }: MappingInfo): Record<string, unknown> {
  return {
    StartingPosition: startingPosition,
    ...(startingAtMs !== null && { StartingPositionTimestamp: startingAtMs / 1_000 }),
  };
}

function streamShown(info: MappingInfo): Record<string, unknown> {
  const { maxRecordAgeMs, onFailure } = info;
  return {
    DestinationConfig: { OnFailure: onFailure === null ? {} : { Destination: onFailure } },
    MaximumRecordAgeInSeconds: maxRecordAgeMs === -1 ? -1 : maxRecordAgeMs / 1_000,
    BisectBatchOnFunctionError: info.bisectOnError,
    MaximumRetryAttempts: info.maxRetries,
    TumblingWindowInSeconds: info.tumblingWindowMs / 1_000,
  };
}
