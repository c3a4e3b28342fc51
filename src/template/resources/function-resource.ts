import { codeLocation, type CodeLocation } from '../code-location.ts';
import type { Properties } from '../properties.ts';
import type { TemplateMap } from '../template-value.ts';

/** `AWS::Lambda::Function`, in the words of the library. */
export interface PlannedFunction {
  readonly name: string | undefined;
  readonly runtime: string | undefined;
  readonly code: CodeLocation;
  readonly handler: string;
  /** ARNs. */
  readonly layers: readonly string[];
  readonly deadLetterArn: string | undefined;
  /** What goes into the options of a function as it is. */
  readonly settings: FunctionSettings;
}

export interface FunctionSettings {
  readonly memoryMb?: number;
  readonly timeoutMs?: number;
  readonly description?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly architectures?: readonly [string];
  readonly ephemeralStorageMb?: number;
  readonly tracing?: string;
  readonly logging?: Readonly<Record<string, string>>;
  readonly role?: string;
  readonly reservedConcurrency?: number;
  readonly recursiveLoop?: string;
  readonly perTenant?: boolean;
  readonly durable?: {
    readonly executionTimeoutMs?: number;
    readonly retentionDays?: number;
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html */
export function readFunction(properties: Properties, metadata: TemplateMap): PlannedFunction {
  if (properties.text('PackageType') === 'Image') {
    throw properties.unknown('PackageType', 'container images are not run here');
  }
  const runtime = properties.text('Runtime');
  properties.ignore('CapacityProviderConfig', 'PublishToLatestPublished');
  const code = codeLocation(properties, 'Code', metadata);
  return {
    name: properties.text('FunctionName'),
    runtime,
    code,
    handler: properties.text('Handler') ?? 'index.handler',
    layers: properties.texts('Layers') ?? [],
    deadLetterArn: properties.map('DeadLetterConfig')?.text('TargetArn'),
    settings: settingsOf(properties),
  };
}

function settingsOf(properties: Properties): FunctionSettings {
  const role = properties.text('Role');
  return withoutUndefined({
    memoryMb: properties.integer('MemorySize'),
    timeoutMs: properties.seconds('Timeout'),
    description: properties.text('Description'),
    environment: properties.map('Environment')?.textMap('Variables'),
    tags: properties.tags('Tags'),
    architectures: properties.texts('Architectures') as readonly [string] | undefined,
    ephemeralStorageMb: properties.map('EphemeralStorage')?.integer('Size'),
    tracing: properties.map('TracingConfig')?.text('Mode'),
    logging: loggingOf(properties.map('LoggingConfig')),
    role: role?.startsWith('arn:') === true ? role : undefined,
    reservedConcurrency: properties.integer('ReservedConcurrentExecutions'),
    recursiveLoop: properties.text('RecursiveLoop'),
    perTenant: perTenantOf(properties.map('TenancyConfig')),
    durable: durableOf(properties.map('DurableConfig')),
  });
}

function loggingOf(logging: Properties | undefined): FunctionSettings['logging'] {
  return (
    logging &&
    withoutUndefined({
      format: logging.text('LogFormat'),
      applicationLevel: logging.text('ApplicationLogLevel'),
      systemLevel: logging.text('SystemLogLevel'),
      logGroup: logging.text('LogGroup'),
    })
  );
}

function perTenantOf(tenancy: Properties | undefined): boolean | undefined {
  return tenancy && tenancy.text('TenantIsolationMode') === 'PER_TENANT';
}

function durableOf(durable: Properties | undefined): FunctionSettings['durable'] {
  return (
    durable &&
    withoutUndefined({
      executionTimeoutMs: durable.seconds('ExecutionTimeout'),
      retentionDays: durable.integer('RetentionPeriodInDays'),
    })
  );
}

/** Options that are not given are left out. */
export function withoutUndefined<T extends object>(options: {
  [Key in keyof T]: T[Key] | undefined;
}): T {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as T;
}
