import type { CodeSource } from '../functions/code/code-source.ts';
import type { FunctionChanges, FunctionOptions } from '../functions/function-options.ts';
import type { LoggingOptions } from '../functions/logging-options.ts';
import type { VpcOptions } from '../functions/vpc-options.ts';
import { invalidParameter } from './api-error.ts';
import type { InputOf, ValueOf } from './model/shapes.ts';

/** Bytes of a zip that a request may carry itself; larger ones come from a bucket. */
const largestZip = 52_428_800;

/** The members that CreateFunction and UpdateFunctionConfiguration have in common. */
type Configuration = Omit<InputOf<'UpdateFunctionConfiguration'>, 'FunctionName' | 'RevisionId'>;

/** What a new function is made of, in the library's words. */
export function functionOptions(input: InputOf<'CreateFunction'>, name: string): FunctionOptions {
  const { PackageType: packageType = 'Zip', Runtime: runtime, Handler: handler } = input;
  if (packageType === 'Zip' && (runtime === undefined || handler === undefined)) {
    throw invalidParameter(
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    );
  }
  const options = {
    ...configurationChanges(input),
    name,
    code: codeSource(input.Code),
    ...(packageType === 'Image' && { packageType }),
    ...(input.Architectures !== undefined && { architectures: input.Architectures }),
    ...(input.Tags !== undefined && { tags: input.Tags }),
    ...(input.CodeSigningConfigArn !== undefined && {
      codeSigningConfigArn: input.CodeSigningConfigArn,
    }),
    ...(input.TenancyConfig !== undefined && { perTenant: true }),
    ...(input.Code.SourceKMSKeyArn !== undefined && {
      sourceKmsKeyArn: input.Code.SourceKMSKeyArn,
    }),
  };
  // What the library does not take, it says itself: the model lets more through than there is.
  return options as unknown as FunctionOptions;
}

/** What a request changes; members that it leaves out are left out here too. */
export function configurationChanges(input: Configuration): FunctionChanges {
  checkTimes(input);
  const changes = {
    role: input.Role,
    handler: input.Handler,
    runtime: input.Runtime,
    description: input.Description,
    timeoutMs: input.Timeout === undefined ? undefined : input.Timeout * 1_000,
    memoryMb: input.MemorySize,
    environment: input.Environment === undefined ? undefined : (input.Environment.Variables ?? {}),
    kmsKeyArn: input.KMSKeyArn === '' ? null : input.KMSKeyArn,
    tracing: input.TracingConfig?.Mode,
    layers: input.Layers,
    vpcConfig: vpcOptions(input.VpcConfig),
    deadLetter:
      input.DeadLetterConfig === undefined ? undefined : input.DeadLetterConfig.TargetArn || null,
    fileSystemConfigs: input.FileSystemConfigs?.map((system) => ({
      arn: system.Arn,
      localMountPath: system.LocalMountPath,
    })),
    ephemeralStorageMb: input.EphemeralStorage?.Size,
    snapStart:
      input.SnapStart?.ApplyOn === undefined ? undefined : { applyOn: input.SnapStart.ApplyOn },
    logging: loggingOptions(input.LoggingConfig),
    imageConfig: input.ImageConfig,
    capacityProviderConfig: input.CapacityProviderConfig,
    durable: durableOptions(input.DurableConfig),
  };
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as FunctionChanges;
}

/** The model knows larger values, which only AWS's managed instances take. */
function checkTimes({ Timeout, MemorySize }: Configuration): void {
  if (Timeout !== undefined && Timeout > 900) throw tooMuch('timeout', Timeout, 900);
  if (MemorySize !== undefined && MemorySize > 10_240) {
    throw tooMuch('memorySize', MemorySize, 10_240);
  }
}

function tooMuch(name: string, value: number, most: number): Error {
  return invalidParameter(
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: Member must have value less than or equal to ${most}`,
  );
}

/**
 * Where the code comes from: the bytes in the request, or an object of a bucket of the same `Lambda`.
 */
export function codeSource(code: ValueOf<'FunctionCode'>): CodeSource {
  const { ZipFile, S3Bucket, S3Key, S3ObjectVersion, ImageUri } = code;
  if (ImageUri !== undefined) {
    throw invalidParameter('isolambda runs zip packages and no container images.');
  }
  const isFromBucket = S3Bucket !== undefined || S3Key !== undefined;
  if (ZipFile !== undefined && isFromBucket) {
    throw invalidParameter(
      'Please do not provide other FunctionCode parameters when providing a ZipFile.',
    );
  }
  if (ZipFile !== undefined) return { zip: checkZip(ZipFile) };
  if (S3Bucket === undefined || S3Key === undefined) {
    throw invalidParameter(
      'Please provide a source for the function code: ZipFile, or S3Bucket and S3Key.',
    );
  }
  const version = S3ObjectVersion === undefined ? {} : { versionId: S3ObjectVersion };
  return { s3: { bucket: S3Bucket, key: S3Key, ...version } };
}

/** @throws {ApiError} for what AWS does not even try to unpack */
function checkZip(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) throw invalidParameter('Uploaded file must be a non-empty zip');
  if (bytes.length <= largestZip) return bytes;
  throw invalidParameter(`Zipped size must be smaller than ${largestZip} bytes`);
}

/** An update with empty lists takes the function out of its VPC. */
function vpcOptions(vpc: ValueOf<'VpcConfig'> | undefined): VpcOptions | null | undefined {
  if (vpc === undefined) return undefined;
  const { SubnetIds = [], SecurityGroupIds = [], Ipv6AllowedForDualStack } = vpc;
  if (SubnetIds.length === 0 && SecurityGroupIds.length === 0) return null;
  return {
    subnetIds: SubnetIds,
    securityGroupIds: SecurityGroupIds,
    ...(Ipv6AllowedForDualStack !== undefined && {
      ipv6AllowedForDualStack: Ipv6AllowedForDualStack,
    }),
  };
}

function loggingOptions(logging: ValueOf<'LoggingConfig'> | undefined): LoggingOptions | undefined {
  if (logging === undefined) return undefined;
  const { LogFormat, ApplicationLogLevel, SystemLogLevel, LogGroup } = logging;
  return {
    ...(LogFormat !== undefined && { format: LogFormat }),
    ...(ApplicationLogLevel !== undefined && { applicationLevel: ApplicationLogLevel }),
    ...(SystemLogLevel !== undefined && { systemLevel: SystemLogLevel }),
    ...(LogGroup !== undefined && { logGroup: LogGroup }),
  };
}

function durableOptions(durable: ValueOf<'DurableConfig'> | undefined): object | undefined {
  if (durable === undefined) return undefined;
  const { ExecutionTimeout, RetentionPeriodInDays } = durable;
  return {
    ...(ExecutionTimeout !== undefined && { executionTimeoutMs: ExecutionTimeout * 1_000 }),
    ...(RetentionPeriodInDays !== undefined && { retentionDays: RetentionPeriodInDays }),
  };
}
