import type { Call } from './operation.ts';
import type { ShownState } from './function-states.ts';
import type { FunctionLevelConfig, FunctionVersionRecord } from '../functions/function-record.ts';
import { vpcIdOf } from '../functions/vpc-options.ts';

/**
 * `FunctionConfiguration` as the API shows it.
 * https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
 * @param arn as the caller asked: qualified with what stood in the request
 */
export function functionConfiguration(
  call: Call,
  record: FunctionVersionRecord,
  settings: FunctionLevelConfig,
  arn: string,
  state?: ShownState,
): Record<string, unknown> {
  const { config } = record;
  const { home } = call.rooms.options;
  return {
    FunctionName: record.functionName,
    FunctionArn: arn,
    Runtime: config.runtime,
    Role: config.role,
    Handler: config.handler,
    CodeSize: record.codeSize,
    Description: record.description,
    Timeout: Math.ceil(config.timeoutMs / 1_000),
    MemorySize: config.memoryMb,
    LastModified: awsTime(record.lastModified),
    CodeSha256: record.codeSha256,
    Version: record.version,
    ...(config.vpcConfig !== null && {
      VpcConfig: {
        SubnetIds: config.vpcConfig.subnetIds,
        SecurityGroupIds: config.vpcConfig.securityGroupIds,
        VpcId: vpcIdOf(home),
        Ipv6AllowedForDualStack: config.vpcConfig.ipv6AllowedForDualStack,
      },
    }),
    ...(settings.deadLetter !== null && { DeadLetterConfig: { TargetArn: settings.deadLetter } }),
    ...(Object.keys(config.environment).length > 0 && {
      Environment: { Variables: config.environment },
    }),
    ...(config.kmsKeyArn !== null && { KMSKeyArn: config.kmsKeyArn }),
    TracingConfig: { Mode: config.tracing },
    RevisionId: record.revisionId,
    ...(record.code.layers.length > 0 && {
      Layers: record.code.layers.map(({ arn: Arn, codeSize: CodeSize }) => ({ Arn, CodeSize })),
    }),
    ...state,
    ...(config.fileSystemConfigs.length > 0 && {
      FileSystemConfigs: config.fileSystemConfigs.map((system) => ({
        Arn: system.arn,
        LocalMountPath: system.localMountPath,
      })),
    }),
    PackageType: 'Zip',
    Architectures: config.architectures,
    EphemeralStorage: { Size: config.ephemeralStorageMb },
    SnapStart: { ApplyOn: config.snapStart.applyOn, OptimizationStatus: 'Off' },
    RuntimeVersionConfig: { RuntimeVersionArn: runtimeOf(call, record) },
    LoggingConfig: loggingConfig(config.logging),
    ...(config.durable !== null && {
      DurableConfig: {
        ExecutionTimeout: Math.ceil(config.durable.executionTimeoutMs / 1_000),
        RetentionPeriodInDays: config.durable.retentionDays,
      },
    }),
    ...(config.perTenant && { TenancyConfig: { TenantIsolationMode: 'PER_TENANT' } }),
  };
}

/** What the version was told to use, or what there is. */
function runtimeOf({ rooms }: Call, { functionName, version }: FunctionVersionRecord): string {
  const { runtimeVersionArn: chosen } = rooms.store.runtimeManagement.get(functionName, version);
  return chosen ?? runtimeVersionArn(rooms.options.home);
}

/** AWS names a build of the runtime; there is none here, so the hash is zero. */
function runtimeVersionArn({
  partition,
  region,
}: {
  readonly partition: string;
  readonly region: string;
}): string {
  return `arn:${partition}:lambda:${region}::runtime:${'0'.repeat(64)}`;
}

/** Lambda's control plane writes times with an offset, `2026-11-21T12:00:00.000+0000`. */
export function awsTime(iso: string): string {
  return iso.replace(/Z$/, '+0000');
}

function loggingConfig(
  logging: FunctionVersionRecord['config']['logging'],
): Record<string, unknown> {
  return {
    LogFormat: logging.format,
    ...(logging.format === 'JSON' && {
      ApplicationLogLevel: logging.applicationLevel,
      SystemLogLevel: logging.systemLevel,
    }),
    LogGroup: logging.logGroup,
  };
}
