import './core/node-support.ts';

export { Lambda } from './lambda.ts';
export { LambdaFunction, FunctionVersion, Alias } from './lambda-function.ts';
export { Invocable } from './invocable.ts';
export { LayerPermissions, Permitted } from './permissions.ts';
export { Provisionable } from './provisionable.ts';
export {
  PolicyLengthError,
  PolicyNotFoundError,
  PublicPolicyError,
} from './access/resource-policy.ts';
export { InvokeFailure, InvokeSuccess } from './invoke/outcome.ts';
export { Report } from './invoke/report.ts';
export {
  ClosedError,
  CodeError,
  ConflictError,
  FunctionNotFoundError,
  HandlerError,
  InvalidOptionError,
  LambdaError,
  PayloadTooLargeError,
  RuntimeFaultError,
  ThrottledError,
} from './core/errors.ts';
export { Mapping } from './sources/mapping.ts';
export { MappingInUseError, MappingNotFoundError } from './sources/mapping-errors.ts';
export {
  CodeSigningConfigNotFoundError,
  CodeVerificationFailedError,
} from './functions/code-signing-errors.ts';
export { CodeStorageExceededError } from './functions/code-storage.ts';
export { PreconditionFailedError } from './functions/revision.ts';
export { StateError } from './functions/state-document.ts';
export { StorageError } from './storage/storage-error.ts';
export { RecursiveInvocationError } from './core/lineage.ts';
export { SystemClock } from './core/clock.ts';
export { engineReport } from './isolate/engine-report.ts';
export { DurableExecution } from './durable/durable-execution.ts';
export {
  CallbackTimeoutError,
  ExecutionAlreadyStartedError,
  ExecutionFailedError,
  ExecutionNotFoundError,
  NotDurableError,
} from './durable/durable-errors.ts';
export { Queue } from './brokers/queue.ts';
export { Topic } from './brokers/topic.ts';
export { EventBus } from './brokers/event-bus.ts';
export { Stream } from './brokers/stream.ts';
export { Table } from './brokers/table.ts';
export { Bucket } from './brokers/bucket.ts';
export { FunctionUrl } from './sources/function-url.ts';
export { FunctionUrlNotFoundError } from './sources/function-urls.ts';
export { Schedule } from './sources/schedule.ts';
export { HttpApi } from './sources/http/http-api.ts';
export { RestApi } from './sources/http/rest-api.ts';
export { BrokerError } from './brokers/broker-error.ts';
export { deployTemplate } from './template-deployment.ts';
export { TemplateError } from './template/template-error.ts';
export { compileEventPattern, InvalidEventPatternError } from './brokers/event-pattern.ts';
export { InvalidFilterPolicyError } from './brokers/filter-policy.ts';

export type { LambdaStats, Restored } from './lambda.ts';
export type { StorageFile, StorageOption } from './storage/storage-option.ts';
export type {
  EncryptionKey,
  EncryptionKeyOption,
  KeyProvider,
} from './storage/encryption/key-option.ts';
export type { StorageProblem } from './storage/storage-error.ts';
export type { LambdaOptions } from './lambda-options.ts';
export type { ProvisionedConcurrency, ProvisionOptions } from './provisioning.ts';
export type { LayerInfo, VersionInfo } from './lambda-function.ts';
export type { AccessOptions, AccessPrincipal } from './access/access-options.ts';
export type { LayerPermissionOptions, PermissionOptions } from './access/permission-options.ts';
export type {
  PolicyConditions,
  PolicyDocument,
  PolicyPrincipal,
  PolicyStatement,
} from './access/policy-document.ts';
export type { PolicyChangeOptions } from './access/resource-policies.ts';
export type { ResourcePolicy } from './access/resource-policy.ts';
export type { VersionConfig } from './functions/function-record.ts';
export type {
  InvokeOptions,
  SendOptions,
  Sent,
  StartExecutionOptions,
  StreamedResponse,
} from './invocable.ts';
export type { ExecutionSearch } from './lambda-function.ts';
export type { DurableConfig, DurableOptions } from './functions/durable-option.ts';
export type { ExecutionStatus } from './durable/execution.ts';
export type { HistoryDetails, HistoryEvent, HistoryEventType } from './durable/history-event.ts';
export type { DurableError, Operation as DurableOperation } from './durable/operation.ts';
export type { ExecutionEventFacts } from './core/events.ts';
export type { ResponseBody } from './invoke/executor.ts';
export type { InvokeOutcome } from './invoke/outcome.ts';
export type { ReportStatus } from './invoke/report.ts';
export type { ErrorStyle } from './invoke/fault-payload.ts';
export type { ErrorPayload } from './core/errors.ts';
export type { Credentials } from './core/credentials.ts';
export type { Clock, ClockTimer, TimerOptions } from './core/clock.ts';
export type {
  EnvironmentInfo,
  InitializationType,
  LambdaEvents,
  ReportFigures,
  StopReason,
} from './core/events.ts';
export type {
  Architecture,
  FunctionChanges,
  FunctionOptions,
  Isolation,
  TracingMode,
} from './functions/function-options.ts';
export type { FileSystemOptions } from './functions/file-system-options.ts';
export type { SnapStartOptions } from './functions/snap-start.ts';
export type { VpcConfig, VpcOptions } from './functions/vpc-options.ts';
export type { InspectConfig, InspectOptions } from './functions/inspect-options.ts';
export type { LoggingConfig, LoggingOptions } from './functions/logging-options.ts';
export type { Interceptor } from './network/interceptor.ts';
export type { NetworkOption, NetworkOptions, ResolvedNetwork } from './network/network-options.ts';
export type { Runtime } from './functions/runtimes.ts';
export type { AliasChanges, AliasOptions, AliasRecord } from './functions/aliases.ts';
export type { PublishOptions } from './functions/versions.ts';
export type { CodeSource } from './functions/code/code-source.ts';
export type { ObjectLocation, ReadableBucket } from './functions/code/object-source.ts';
export type {
  CodeSigningChanges,
  CodeSigningConfig,
  CodeSigningConfigs,
  CodeSigningOptions,
  CodeSigningPolicy,
} from './functions/code-signing-options.ts';
export type {
  RuntimeManagementConfig,
  RuntimeManagementOptions,
} from './functions/runtime-management-options.ts';
export type { LayerFilter } from './functions/layer-filter.ts';
export type { LayerSource, LayerVersion, PublishLayerOptions } from './functions/layer-options.ts';
export type { LayerContentSource } from './functions/code/code-source.ts';
export type { EngineReport } from './isolate/engine-report.ts';
export type { LogFilter, LogLine } from './observe/log-store.ts';
export type {
  FunctionUrlChanges,
  FunctionUrlConfig,
  FunctionUrlOptions,
} from './sources/function-url-options.ts';
export type {
  ApiTarget,
  HttpApiOptions,
  HttpApiRoute,
  RestApiOptions,
  RestApiRoute,
} from './sources/http/api-options.ts';
export type { ApiRoute } from './sources/http/api-host.ts';
export type { ScheduleWhen } from './sources/schedule-options.ts';
export type { ScheduleDefinition } from './sources/schedule-state.ts';
export type { ScheduleTarget } from './sources/schedules.ts';
export type { NodeListener } from './sources/http/node-listener.ts';
export type { CorsOptions, ResolvedCors } from './sources/http/cors.ts';
export type { AsyncOptions, DestinationOption, RecordCallback } from './async/async-options.ts';
export type { InvocationRecord } from './async/invocation-record.ts';
export type { Condition } from './async/next-step.ts';
export type { AsyncSendOptions, AsyncTarget } from './core/async-target.ts';
export type { AsyncFacts, BatchFacts, DeliveryFacts, MappingFacts } from './core/events.ts';
export type {
  FailureDestinationOption,
  FilterPattern,
  MappingChanges,
  MappingOptions,
  MappingSettings,
  MappingTuning,
  StartingPosition,
} from './sources/mapping-options.ts';
export type { MappingInfo, MappingState } from './sources/mapping-record.ts';
export type { FaultInjectionOptions } from './core/fault-injection.ts';
export type { RecursiveLoop } from './core/lineage.ts';
export type { DeadLetterTarget } from './functions/function-options.ts';
export type { BrokerContext, UndeliveredMessage } from './brokers/broker-context.ts';
export type { QueueCounts } from './brokers/queue.ts';
export type { QueueChanges, QueueOptions, RedrivePolicy } from './brokers/queue-options.ts';
export type { SendMessageOptions } from './brokers/outgoing-message.ts';
export type { SentMessage } from './brokers/queue-sender.ts';
export type { ReceiveMessageOptions } from './brokers/receive-options.ts';
export type { ReceivedMessage, SystemAttributes } from './brokers/received-message.ts';
export type {
  MessageAttribute,
  MessageAttributes,
  MessageAttributesInput,
} from './brokers/message-attributes.ts';
export type { MoveTask, MoveTaskOptions } from './brokers/move-task.ts';
export type { TopicOptions } from './brokers/topic-options.ts';
export type { PublishOptions as PublishMessageOptions } from './brokers/topic-message.ts';
export type { Subscription } from './brokers/subscription.ts';
export type { SubscribeOptions } from './brokers/subscriber.ts';
export type { SubscriptionTarget, TopicCallback } from './brokers/topic-endpoint.ts';
export type { Published } from './brokers/topic-dedup.ts';
export type { BatchFailure, BatchResult } from './brokers/batch.ts';
export type { EventBusOptions } from './brokers/event-bus-options.ts';
export type { BusEntry, BusEvent, PutEventResult } from './brokers/bus-event.ts';
export type { Rule, RuleChanges } from './brokers/rule.ts';
export type { RuleOptions, RuleTargetOptions } from './brokers/rule-options.ts';
export type { RuleTarget } from './brokers/rule-receiver.ts';
export type { InputTransformer } from './brokers/input-transformer.ts';
export type { Archive, ArchiveOptions } from './brokers/archive.ts';
export type { Replay, ReplayOptions } from './brokers/bus-archives.ts';
export type { EventPattern } from './brokers/event-pattern.ts';
export type { PutRecordResult, StreamRecord } from './brokers/stream.ts';
export type { PutStreamRecord, StreamOptions } from './brokers/stream-options.ts';
export type {
  GetRecordsOptions,
  RecordPage,
  RecordStream,
  ShardDescription,
  ShardPosition,
} from './brokers/record-stream.ts';
export type { KeyAttribute, StreamViewType, TableOptions } from './brokers/table-options.ts';
export type { Item, ItemValue } from './brokers/marshall.ts';
export type { TableStreamRecord } from './brokers/table-stream.ts';
export type { ObjectList } from './brokers/bucket.ts';
export type { BucketOptions } from './brokers/bucket-options.ts';
export type { BucketObject, ObjectHead, PutObjectOptions } from './brokers/stored-object.ts';
export type { NotificationOptions } from './brokers/notification-options.ts';
export type { NotificationTarget } from './brokers/notification-target.ts';
export type { FromTemplateOptions } from './template-deployment.ts';
export type { DeployOptions, DeployProgress } from './deployment/deploy-options.ts';
export type { Deployment } from './deployment/deployment.ts';
export type { DeployedResource } from './deployment/stack.ts';
export type { ParameterValues } from './template/parameters.ts';
export type { TemplateOutput } from './template/plan.ts';
export type { TemplateWarning } from './template/warnings.ts';
