import './core/node-support.ts';

export { Lambda } from './lambda.ts';
export { LambdaFunction, FunctionVersion, Alias } from './lambda-function.ts';
export { Invocable } from './invocable.ts';
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
export { PreconditionFailedError } from './functions/revision.ts';
export { SystemClock } from './core/clock.ts';

export type { LambdaStats } from './lambda.ts';
export type { LambdaOptions } from './lambda-options.ts';
export type { LayerInfo, VersionInfo } from './lambda-function.ts';
export type { VersionConfig } from './functions/function-record.ts';
export type { InvokeOptions, StreamedResponse } from './invocable.ts';
export type { ResponseBody } from './invoke/executor.ts';
export type { InvokeOutcome } from './invoke/outcome.ts';
export type { ReportStatus } from './invoke/report.ts';
export type { ErrorStyle } from './invoke/fault-payload.ts';
export type { ErrorPayload } from './core/errors.ts';
export type { Credentials } from './core/credentials.ts';
export type { Clock, ClockTimer, TimerOptions } from './core/clock.ts';
export type { EnvironmentInfo, LambdaEvents, ReportFigures, StopReason } from './core/events.ts';
export type {
  Architecture,
  FunctionChanges,
  FunctionOptions,
  Isolation,
  TracingMode,
} from './functions/function-options.ts';
export type { InspectConfig, InspectOptions } from './functions/inspect-options.ts';
export type { LoggingConfig, LoggingOptions } from './functions/logging-options.ts';
export type { NetworkOption, NetworkOptions, ResolvedNetwork } from './network/network-options.ts';
export type { Runtime } from './functions/runtimes.ts';
export type { AliasChanges, AliasOptions, AliasRecord } from './functions/aliases.ts';
export type { PublishOptions } from './functions/versions.ts';
export type { CodeSource } from './functions/code/code-source.ts';
export type { LayerSource, LayerVersion, PublishLayerOptions } from './functions/layer-options.ts';
export type { LayerContentSource } from './functions/code/code-source.ts';
export type { LogFilter, LogLine } from './observe/log-store.ts';
