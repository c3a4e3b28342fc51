import type { Clock } from '../core/clock.ts';
import type { EnvironmentInfo } from '../core/events.ts';
import type { Ids } from '../core/ids.ts';
import { limits } from '../core/limits.ts';
import { contractOf, nodeMajorOf } from '../functions/runtimes.ts';
import type { FunctionVersionRecord } from '../functions/function-record.ts';
import type { EnvironmentSettings } from './executor.ts';

/** Names a new environment: its id and its log stream, as AWS names them. */
export function environmentInfo(
  version: FunctionVersionRecord,
  kind: Pick<EnvironmentInfo, 'tenantId' | 'initializationType'>,
  sources: { readonly clock: Clock; readonly ids: Ids },
): EnvironmentInfo {
  const { logging, runtime } = version.config;
  const { functionName } = version;
  const environmentId = sources.ids.hex32();
  const day = new Date(sources.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
  // In a log group of its own choice a function shares it with others, so its name joins the stream's.
  const owner = logging.logGroup === `/aws/lambda/${functionName}` ? '' : functionName;
  return Object.freeze({
    environmentId,
    functionName,
    functionVersion: version.version,
    tenantId: kind.tenantId,
    initializationType: kind.initializationType,
    logGroupName: logging.logGroup,
    logStreamName: `${day}/${owner}[${version.version}]${environmentId}`,
    runtime,
    logFormat: logging.format,
    systemLogLevel: logging.format === 'JSON' ? logging.systemLevel : 'INFO',
  });
}

/** What the guest is told about itself, and the variables that AWS sets for every function. */
export function environmentSettings(
  environment: {
    readonly version: FunctionVersionRecord;
    readonly info: EnvironmentInfo;
    readonly usualArn: string;
  },
  shared: {
    readonly region: string;
    readonly credentials: Readonly<Record<string, string>>;
  },
): EnvironmentSettings {
  const { version, info, usualArn } = environment;
  const { config } = version;
  return {
    runtime: contractOf(config.runtime),
    functionName: version.functionName,
    functionVersion: version.version,
    usualArn,
    timeoutMs: config.timeoutMs,
    memoryMb: config.memoryMb,
    environment: {
      ...systemVariables(version, info, shared.region),
      ...(config.durable !== null && madeUpCredentials),
      ...shared.credentials,
      ...config.environment,
    },
    logGroupName: info.logGroupName,
    logStreamName: info.logStreamName,
    logFormat: config.logging.format,
    applicationLogLevel: applicationLogLevel(config.logging),
    architecture: config.architectures[0],
    allowWebAssembly: config.allowWebAssembly,
    maxResponseBytes: limits.syncResponseBytes,
    maxStreamedBytes: limits.streamedResponseBytes,
    network: config.network,
  };
}

/**
 * The SDK in a durable function signs each checkpoint, and would look for credentials in the network; whoever answers
 * here does not ask whose they are.
 */
const madeUpCredentials = {
  AWS_ACCESS_KEY_ID: 'AKIAISOLAMBDADURABLE',
  AWS_SECRET_ACCESS_KEY: 'made-up-for-durable-functions',
};

/** Text lines are never filtered. */
function applicationLogLevel(
  logging: FunctionVersionRecord['config']['logging'],
): EnvironmentSettings['applicationLogLevel'] {
  return logging.format === 'JSON' ? logging.applicationLevel : 'TRACE';
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
function systemVariables(
  version: FunctionVersionRecord,
  info: EnvironmentInfo,
  region: string,
): Record<string, string> {
  const { config } = version;
  const nodeMajor = `node${nodeMajorOf(config.runtime)}`;
  return {
    _HANDLER: config.handler,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${config.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: version.functionName,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: `${config.memoryMb}`,
    AWS_LAMBDA_FUNCTION_VERSION: version.version,
    AWS_LAMBDA_INITIALIZATION_TYPE: info.initializationType,
    AWS_LAMBDA_LOG_GROUP_NAME: info.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: info.logStreamName,
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_XRAY_DAEMON_ADDRESS: '169.254.100.1:2000',
    LAMBDA_TASK_ROOT: '/var/task',
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    LD_LIBRARY_PATH: '/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/task:/opt/lib',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    NODE_PATH: `/opt/nodejs/${nodeMajor}/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime:/var/task`,
    PWD: '/var/task',
    SHLVL: '0',
    ...(config.logging.format === 'JSON' && {
      AWS_LAMBDA_LOG_FORMAT: 'JSON',
      AWS_LAMBDA_LOG_LEVEL: config.logging.applicationLevel,
    }),
  };
}
