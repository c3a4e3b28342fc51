/**
 * AWS's quotas and defaults in one table.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const limits = {
  /** AWS starts at 128; the library lets tests and dense hosts go down to what V8 itself needs. */
  memoryMb: { min: 8, max: 10_240, default: 128 },
  timeoutMs: { min: 1, max: 900_000, default: 3_000 },
  /** AWS: 10 s for module top level on demand; then init is redone inside the invoke. */
  initTimeoutMs: { min: 1, max: 900_000, default: 10_000 },
  ephemeralStorageMb: { min: 512, max: 10_240, default: 512 },
  environmentBytes: 4_096,
  descriptionLength: 256,
  handlerLength: 128,
  functionNameLength: 64,
  aliasNameLength: 128,
  tags: { count: 50, keyLength: 128, valueLength: 256 },
  layers: 5,
  vpc: { subnets: 16, securityGroups: 5, idLength: 1_024 },
  fileSystems: 1,
  layerNameLength: 140,
  /** Unzipped size of a deployment package with its layers. */
  unzippedBytes: 262_144_000,
  /** Zipped size of a package that is uploaded directly. */
  zippedBytes: 52_428_800,
  /** 75 GB: packages of all versions of functions and layers of an account. */
  codeStorageBytes: 80_530_636_800,
  layerLicenseLength: 512,
  layerRuntimes: 15,
  codeSigningPublishers: 20,
  syncRequestBytes: 6_291_456,
  /** 262,144 until October 2025. */
  asyncRequestBytes: 1_048_576,
  asyncRetries: { min: 0, max: 2, default: 2 },
  asyncEventAgeMs: { min: 60_000, max: 21_600_000, default: 21_600_000 },
  /** Invocations of one function in one chain of requests; the next one is refused. */
  recursionRounds: 16,
  /** A dead letter carries so much of the error message. */
  deadLetterMessageBytes: 1_024,
  /** What must stay for functions without a reserve. */
  unreservedConcurrency: 100,
  /** 100 bytes more than the request, as AWS's own error message says. */
  syncResponseBytes: 6_291_556,
  /** AWS slows a stream down after 6 MB; the library does not. */
  streamedResponseBytes: 209_715_200,
  clientContextBytes: 3_583,
  /** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#durable-functions */
  durable: {
    executionTimeoutMs: { min: 1_000, max: 31_622_400_000 },
    retentionDays: { min: 1, max: 90, default: 14 },
    nameLength: 64,
    /** Of one execution, itself not counted. */
    operations: 3_000,
    /** What one execution may write in all its checkpoints. */
    writtenBytes: 104_857_600,
    /** A result, an input of a chained invoke, an error; 262,144 until 2026. */
    payloadBytes: 1_048_576,
    /** Result of an execution that somebody waits for. */
    syncResultBytes: 6_291_456,
    /** Waits and delays of retries. */
    delayMs: { min: 1_000, max: 31_622_400_000 },
    callbackTimeoutMs: { min: 0, max: 99_999_999_000 },
    /** How long a synchronous invocation waits. */
    syncWaitMs: 900_000,
    clientTokenMs: 900_000,
    pageItems: { min: 1, max: 1_000, default: 100 },
  },
  concurrency: { min: 1, max: 100_000, default: 1_000 },
  /** More than the account has is refused in AWS's words. */
  reservedConcurrency: { min: 0, max: 2_147_483_647 },
  provisionedConcurrency: { min: 1, max: 2_147_483_647 },
  /** AWS: environments that nobody waits for may take this long to start, or the function's timeout if that is longer. */
  provisionedInitMs: 130_000,
  /** Inits of a provisioned environment, as recorded, before it is given up. */
  provisionedInitTries: 6,
  /** New environments of one function: so many at once, refilled so fast. */
  scaleOut: { burst: 1_000, perSecond: 100 },
  /** Synchronous requests a second for each unit of concurrency. */
  requestsPerConcurrency: 10,
  /** AWS: 2,500 environments, busy or idle, for each 1,000 of a function's concurrency. */
  tenantEnvironmentsPerConcurrency: 2.5,
  tenantIdLength: 256,
  /** Memory that gives one full vCPU; 1,792 in AWS's older documents. */
  memoryMbPerVcpu: 1_769,
  /** Of the policy of a function, version, alias or layer version. */
  resourcePolicyBytes: 20_480,
  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingObjects.html and its neighbours. */
  bucket: {
    nameLength: { min: 3, max: 63 },
    /** Of UTF-8. */
    keyBytes: 1_024,
    /** What one put may carry. */
    objectBytes: 5_368_709_120,
    /** Names and values of user metadata together. */
    metadataBytes: 2_048,
    listedKeys: 1_000,
    deletedKeys: 1_000,
    notifications: 100,
    notificationIdLength: 255,
  },
  /** https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
  stream: {
    nameLength: 128,
    /** AWS's quota depends on the region; this is the largest one. */
    shards: { min: 1, max: 20_000, default: 1 },
    retentionMs: { min: 86_400_000, max: 31_536_000_000, default: 86_400_000 },
    partitionKeyLength: 256,
    /** Data and partition key together; a stream can be set up for larger records since 2025. */
    recordBytes: { min: 1_048_576, max: 10_485_760, default: 1_048_576 },
    putRecords: { count: 500, bytes: 10_485_760 },
    getRecords: { count: 10_000, bytes: 10_485_760 },
    iteratorLifetimeMs: 300_000,
    /** What one shard takes in a second. */
    shardWrites: { records: 1_000, bytes: 1_048_576 },
  },
  /** Characters of one filter pattern of an event source mapping. */
  mappingPatternLength: 4_096,
  /** https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
  mapping: {
    batchSize: { min: 1, max: 10_000 },
    windowMs: { min: 0, max: 300_000 },
    /** AWS: 5, and 10 on request. */
    filters: 10,
    maxConcurrency: { min: 2, max: 1_000 },
    maxRetries: { min: 0, max: 10_000 },
    maxRecordAgeMs: { min: 60_000, max: 604_800_000 },
    parallelizationFactor: { min: 1, max: 10 },
    tumblingWindowMs: { min: 0, max: 900_000 },
    /** State of a tumbling window; a longer one ends the window early. */
    windowStateBytes: 1_048_576,
    /** Batches of a standard queue that run at one time: at first, more with each minute, at most. */
    queueConcurrency: { first: 5, perMinute: 300, most: 1_250, least: 2 },
  },
  /** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
  eventBus: {
    nameLength: 256,
    ruleNameLength: 64,
    targetIdLength: 64,
    archiveNameLength: 48,
    replayNameLength: 64,
    descriptionLength: 512,
    /** AWS raises them to 4,096 on request. */
    patternLength: { min: 1, max: 4_096, default: 2_048 },
    /** AWS raises it on request. */
    targets: { min: 1, max: 100, default: 5 },
    putEntries: 10,
    /** All entries of one put together; 262,144 until 2026. */
    putBytes: 1_048_576,
    nesting: 1_100,
    maxRetries: { min: 0, max: 185, default: 185 },
    maxEventAgeMs: { min: 60_000, max: 86_400_000, default: 86_400_000 },
    inputLength: 8_192,
    inputPathLength: 256,
    inputVariables: 100,
  },
  /** https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html */
  filterPolicy: { bytes: 262_144, keys: 5, combinations: 150 },
  /** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
  table: {
    nameLength: { min: 3, max: 255 },
    keyNameLength: 255,
    partitionKeyBytes: 2_048,
    sortKeyBytes: 1_024,
    /** Names and values together. */
    itemBytes: 409_600,
    nestingDepth: 32,
    numberDigits: 38,
    /** Of query and scan. */
    pageBytes: 1_048_576,
    /** An item that expired earlier than that is left alone: the attribute is probably something else. */
    expiredAtMostMs: 157_680_000_000,
    stream: {
      retentionMs: 86_400_000,
      iteratorLifetimeMs: 900_000,
      getRecords: { count: 1_000, bytes: 1_048_576 },
    },
  },
  /** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-quotas.html */
  sqs: {
    nameLength: 80,
    /** Body and message attributes together; 262,144 until August 2025. */
    messageBytes: { min: 1_024, max: 1_048_576, default: 1_048_576 },
    /** Entries of a batch, and messages of one receive. */
    batchEntries: 10,
    batchBytes: 1_048_576,
    batchIdLength: 80,
    attributes: 10,
    attributeNameLength: 256,
    /** Group ids and deduplication ids. */
    fifoIdLength: 128,
    visibilityTimeoutMs: { min: 0, max: 43_200_000, default: 30_000 },
    delayMs: { min: 0, max: 900_000, default: 0 },
    retentionMs: { min: 60_000, max: 1_209_600_000, default: 345_600_000 },
    receiveWaitMs: { min: 0, max: 20_000, default: 0 },
    /** Received and not deleted yet; AWS raises it on request. 20,000 in FIFO queues until 2024. */
    inFlight: { min: 1, max: 10_000_000, default: 120_000 },
    dedupWindowMs: 300_000,
    maxReceives: { min: 1, max: 1_000 },
    redriveSources: 10,
    movesPerSecond: { min: 1, max: 500 },
    listedMoveTasks: 10,
  },
  /** https://docs.aws.amazon.com/general/latest/gr/sns.html */
  sns: {
    nameLength: 256,
    /** Message and attributes together. */
    messageBytes: 262_144,
    batchEntries: 10,
    batchIdLength: 80,
    subjectLength: 100,
    attributeNameLength: 256,
    fifoIdLength: 128,
    dedupWindowMs: 300_000,
  },
} as const;
