import { checkFunctionName, type Home } from '../core/arn.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import type { RecursiveLoop } from '../core/lineage.ts';
import {
  checkBoolean,
  checkInteger,
  checkKnownKeys,
  checkOneOf,
  checkString,
} from '../core/options.ts';
import { resolveNetworkOptions, type ResolvedNetwork } from '../network/network-options.ts';
import { checkCodeSource, type CodeSource } from './code/code-source.ts';
import { defaultCpuMs } from './cpu-budget.ts';
import { checkDescription } from './description.ts';
import { changeDurable, resolveDurable, type DurableConfig } from './durable-option.ts';
import { resolveEnvironment } from './environment-variables.ts';
import type {
  Architecture,
  FunctionChanges,
  FunctionOptions,
  Isolation,
  TracingMode,
} from './function-options.ts';
import { resolveDeadLetter } from './dead-letter-option.ts';
import { resolveInspect, type InspectConfig } from './inspect-options.ts';
import { keptOptionNames, resolveKeptOptions, type KeptConfig } from './kept-settings.ts';
import { resolveLayers, type LayerSource } from './layer-options.ts';
import { resolveLogging, type LoggingConfig } from './logging-options.ts';
import { refuseWhatCannotRun } from './refused-options.ts';
import { checkRuntime, type Runtime } from './runtimes.ts';
import { resolveTags } from './tags.ts';

/** The options of a function, checked, with every default in its place; frozen. */
export interface FunctionConfig extends KeptConfig {
  readonly name: string;
  readonly code: CodeSource;
  readonly handler: string;
  readonly runtime: Runtime;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly initTimeoutMs: number;
  readonly cpuMs: number;
  /** A derived budget follows later changes of memory and timeout; a given one stays. */
  readonly cpuMsSource: 'given' | 'derived';
  readonly environment: Readonly<Record<string, string>>;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly architectures: readonly [Architecture];
  readonly ephemeralStorageMb: number;
  readonly layers: readonly LayerSource[];
  readonly tracing: TracingMode;
  readonly logging: LoggingConfig;
  readonly network: ResolvedNetwork;
  readonly role: string;
  readonly isolation: Isolation;
  readonly allowWebAssembly: boolean;
  readonly sourceMaps: boolean;
  readonly inspect: InspectConfig | false;
  readonly perTenant: boolean;
  readonly durable: DurableConfig | null;
  readonly reservedConcurrency: number | null;
  /** ARN of a queue or topic. */
  readonly deadLetter: string | null;
  readonly recursiveLoop: RecursiveLoop;
}

/**
 * What a function keeps of its configuration. Where code and layers came from matters only while they are
 * read: what was read is what is deployed.
 */
export type FunctionSettings = Omit<FunctionConfig, 'code' | 'layers'>;

/** What the defaults depend on besides the options. */
export interface FunctionDefaults {
  readonly home: Home;
  /** Memory that gives one full vCPU. */
  readonly memoryMbPerVcpu: number;
  readonly network: ResolvedNetwork;
}

const ownNames = Object.keys({
  name: true,
  code: true,
  handler: true,
  runtime: true,
  memoryMb: true,
  timeoutMs: true,
  initTimeoutMs: true,
  cpuMs: true,
  environment: true,
  description: true,
  tags: true,
  architectures: true,
  ephemeralStorageMb: true,
  layers: true,
  tracing: true,
  logging: true,
  network: true,
  role: true,
  isolation: true,
  allowWebAssembly: true,
  sourceMaps: true,
  inspect: true,
  perTenant: true,
  durable: true,
  reservedConcurrency: true,
  deadLetter: true,
  recursiveLoop: true,
} satisfies Record<Exclude<keyof FunctionOptions, keyof KeptConfig>, true>);
const optionNames = [...ownNames, ...keptOptionNames];

/** Stands where options need code, although what is deployed stays; nobody reads it. */
const alreadyDeployed: CodeSource = Object.freeze({ source: '' });

const changeNames = optionNames.filter((name) => name !== 'name');
const rolePattern = /^arn:aws[a-zA-Z-]*:iam::\d{12}:role\/[\w+=,.@\-/]+$/;

/** Checks the options of a new function; throws an `InvalidOptionError` for the first bad one. */
export function resolveFunctionOptions(
  options: FunctionOptions,
  defaults: FunctionDefaults,
): FunctionConfig {
  refuseWhatCannotRun({ ...options });
  checkKnownKeys('options', options, optionNames);
  const { home, memoryMbPerVcpu } = defaults;
  const {
    name,
    code,
    handler = 'index.handler',
    runtime = 'nodejs24.x',
    memoryMb = limits.memoryMb.default,
    timeoutMs = limits.timeoutMs.default,
    initTimeoutMs = limits.initTimeoutMs.default,
    cpuMs,
    environment = {},
    description = '',
    tags = {},
    architectures = ['x86_64'],
    ephemeralStorageMb = limits.ephemeralStorageMb.default,
    layers = [],
    tracing = 'PassThrough',
    logging = {},
    network = defaults.network,
    role = `arn:${home.partition}:iam::${home.accountId}:role/isolambda`,
    isolation = 'thread',
    allowWebAssembly = false,
    sourceMaps = true,
    inspect = false,
    perTenant = false,
    durable = null,
    reservedConcurrency = null,
    deadLetter = null,
    recursiveLoop = 'Terminate',
  } = options;

  checkFunctionName('name', name);
  checkCodeSource(code);
  checkHandler(handler);
  checkRuntime(runtime);
  checkInteger('memoryMb', memoryMb, limits.memoryMb);
  checkInteger('timeoutMs', timeoutMs, limits.timeoutMs);
  checkInteger('initTimeoutMs', initTimeoutMs, limits.initTimeoutMs);
  if (cpuMs !== undefined) checkInteger('cpuMs', cpuMs, limits.timeoutMs);
  checkDescription(description);
  checkInteger('ephemeralStorageMb', ephemeralStorageMb, limits.ephemeralStorageMb);
  checkOneOf('tracing', tracing, ['PassThrough', 'Active']);
  checkRole(role);
  checkIsolation(isolation);
  checkBoolean('allowWebAssembly', allowWebAssembly);
  checkBoolean('sourceMaps', sourceMaps);
  checkBoolean('perTenant', perTenant);
  if (reservedConcurrency !== null) {
    checkInteger('reservedConcurrency', reservedConcurrency, limits.reservedConcurrency);
  }
  checkOneOf('recursiveLoop', recursiveLoop, ['Terminate', 'Allow']);

  return Object.freeze({
    name,
    code: Object.freeze({ ...code }),
    handler,
    runtime,
    memoryMb,
    timeoutMs,
    initTimeoutMs,
    cpuMs: cpuMs ?? defaultCpuMs(timeoutMs, memoryMb, memoryMbPerVcpu),
    cpuMsSource: cpuMs === undefined ? 'derived' : 'given',
    environment: resolveEnvironment(environment),
    description,
    tags: resolveTags(tags),
    architectures: resolveArchitectures(architectures),
    ephemeralStorageMb,
    layers: resolveLayers(layers),
    tracing,
    logging: resolveLogging(logging, name),
    network: resolveNetworkOptions(network),
    role,
    isolation,
    allowWebAssembly,
    sourceMaps,
    inspect: resolveInspect(inspect, isolation),
    perTenant,
    durable: resolveDurable(durable),
    reservedConcurrency,
    deadLetter: resolveDeadLetter(deadLetter),
    recursiveLoop,
    ...resolveKeptOptions(options, runtime),
  });
}

/** The configuration after an update; what `changes` leaves out, or gives as undefined, stays. */
export function changeFunctionConfig(
  current: FunctionSettings,
  changes: FunctionChanges,
  defaults: FunctionDefaults,
): FunctionConfig {
  refuseWhatCannotRun({ ...changes });
  checkKnownKeys('changes', changes, changeNames);
  const { perTenant = current.perTenant } = changes;
  if (perTenant !== current.perTenant) {
    throw new InvalidOptionError(
      'perTenant',
      `${current.perTenant}, as the function was created`,
      perTenant,
      'Tenancy cannot change; create another function.',
    );
  }

  const durable = changeDurable(current.durable, changes.durable);

  const given = Object.entries({ ...changes, durable }).filter(([, value]) => value !== undefined);
  return resolveFunctionOptions(
    { ...optionsOf(current), ...(Object.fromEntries(given) as FunctionChanges) },
    defaults,
  );
}

/** The configuration without the sources of code and layers. */
export function settingsOf(config: FunctionConfig): FunctionSettings {
  const { code: _code, layers: _layers, ...settings } = config;
  return Object.freeze(settings);
}

/**
 * Checks settings that were kept somewhere; throws an `InvalidOptionError` for the first bad one. What they
 * lack, because an older release knew nothing of it, gets its default.
 */
export function restoreSettings(
  kept: Readonly<Record<string, unknown>>,
  defaults: FunctionDefaults,
): FunctionSettings {
  const { cpuMsSource, ...options } = kept;
  checkOneOf('cpuMsSource', cpuMsSource, ['given', 'derived']);
  const checked = { ...options, code: alreadyDeployed } as unknown as FunctionOptions;
  const config = resolveFunctionOptions(checked, defaults);
  // A derived budget stays as it was derived, whatever a vCPU costs today.
  return settingsOf({ ...config, cpuMsSource });
}

function optionsOf(settings: FunctionSettings): FunctionOptions {
  const { cpuMs, cpuMsSource, ...options } = settings;
  const withCode = { ...options, code: alreadyDeployed };
  return cpuMsSource === 'given' ? { ...withCode, cpuMs } : withCode;
}

function checkHandler(handler: unknown): asserts handler is string {
  checkString('handler', handler, {
    maxLength: limits.handlerLength,
    pattern: /^\S+$/,
    says: `1 to ${limits.handlerLength} characters without white space`,
  });
}

function checkRole(role: unknown): asserts role is string {
  checkString('role', role, {
    maxLength: 2_048,
    pattern: rolePattern,
    says: 'the ARN of an IAM role, such as "arn:aws:iam::123456789012:role/orders"',
  });
}

function checkIsolation(isolation: unknown): asserts isolation is Isolation {
  if (isolation === 'process') {
    throw new InvalidOptionError(
      'isolation',
      'one of "thread", "inline"',
      isolation,
      'Isolation in a process of its own comes later.',
    );
  }
  checkOneOf('isolation', isolation, ['thread', 'inline']);
}

function resolveArchitectures(value: unknown): readonly [Architecture] {
  const [only] = Array.isArray(value) && value.length === 1 ? (value as unknown[]) : [];
  if (only !== 'x86_64' && only !== 'arm64') {
    throw new InvalidOptionError('architectures', 'exactly one of "x86_64", "arm64"', value);
  }
  return Object.freeze([only] as const);
}
