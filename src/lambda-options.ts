import { availableParallelism, totalmem } from 'node:os';
import { resolveAccess, type AccessOptions, type ResolvedAccess } from './access/access-options.ts';
import { resolveHome, type Home } from './core/arn.ts';
import { SystemClock, type Clock } from './core/clock.ts';
import { credentialVariables, type Credentials } from './core/credentials.ts';
import { InvalidOptionError } from './core/errors.ts';
import {
  resolveFaultInjection,
  type FaultInjection,
  type FaultInjectionOptions,
} from './core/fault-injection.ts';
import { RandomIds, SeededIds, type Ids } from './core/ids.ts';
import { limits } from './core/limits.ts';
import { checkInteger, checkKnownKeys, checkOneOf } from './core/options.ts';
import { seededRandom, type Random } from './core/random.ts';
import {
  resolveNetworkOptions,
  type NetworkOption,
  type ResolvedNetwork,
} from './network/network-options.ts';
import type { Interceptor } from './network/interceptor.ts';
import type { ErrorStyle } from './invoke/fault-payload.ts';
import {
  resolveEncryptionKeys,
  type EncryptionKeyOption,
  type KeyProvider,
} from './storage/encryption/key-option.ts';
import {
  resolveStorageOption,
  type ResolvedStorage,
  type StorageOption,
} from './storage/storage-option.ts';

/** Options of a `Lambda`. Durations are in milliseconds, sizes in MB of 2^20 bytes. */
export interface LambdaOptions {
  /** Part of every ARN. @default 'us-east-1' */
  readonly region?: string;
  /** Twelve digits, part of every ARN. @default '123456789012' */
  readonly accountId?: string;
  /**
   * Invocations that run at one time; one more is throttled.
   * https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
   * @default 1000
   */
  readonly concurrency?: number;
  /**
   * `aws` also throttles what is too fast for AWS: more than 10 synchronous requests a second for each unit of
   * concurrency, and more than 1,000 new environments of one function in 10 seconds. Limits of concurrency,
   * reserved and provisioned ones included, always hold.
   * https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html
   * @default 'none'
   */
  readonly rateLimits?: 'aws' | 'none';
  /** Isolates that run at one time in the tier `thread`. @default the number of cores */
  readonly parallelism?: number;
  /** Time that everything but budgets goes by. @default the system's clock */
  readonly clock?: Clock;
  /** Makes ids and alias draws the same on every run. @default random */
  readonly seed?: number;
  /** Idle environments end after this long. @default 300_000 */
  readonly idleTimeoutMs?: number;
  /**
   * What all environments together may hold before the least recently used idle ones end.
   * @default half of the machine's memory
   */
  readonly memoryCeilingMb?: number;
  /** Bootstrapped isolates kept ready for cold starts, for each memory size in use. @default 2 */
  readonly blanks?: number;
  /** Shape of timeout and crash payloads: AWS's of today, or of before 2025. @default 'current' */
  readonly errorStyle?: ErrorStyle;
  /** Memory that gives one full vCPU; older documents say 1792. @default 1769 */
  readonly memoryMbPerVcpu?: number;
  /**
   * What every function finds in `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, where
   * AWS's SDKs look first. @default none
   */
  readonly credentials?: Credentials;
  /** What functions may reach that do not say it themselves. @default 'public' */
  readonly network?: NetworkOption;
  /**
   * Answers requests of functions over HTTP in place of the network, TLS or not: for tests, `FetchMock` of
   * `isolambda/testing` is one. Functions whose `network` is `none` are refused as always. @default none
   */
  readonly intercept?: Interceptor;
  /** Makes trouble on purpose: duplicates, delays and failures of asynchronous events and queues. @default none */
  readonly faultInjection?: FaultInjectionOptions;
  /**
   * How long AWS's API shows a function as `Pending` after it was created, and as `InProgress` after a change, by
   * the clock; meanwhile it refuses invocations or further changes, as AWS does for some seconds. Calls by the
   * library itself never wait. @default 0
   */
  readonly stateTransitionMs?: number;
  /**
   * Who may do what through AWS's API, and whether services need permissions of functions. Calls by the library
   * itself are not asked. @default everybody may do everything
   */
  readonly access?: AccessOptions;
  /** Log entries kept in memory for each environment. 0 keeps none. @default 1000 */
  readonly logEntries?: number;
  /**
   * Where functions and accepted events are kept. A file outlives the process, and only `Lambda.open` takes one.
   * @default 'memory'
   */
  readonly storage?: StorageOption;
  /**
   * Encrypts contents in the file of `storage`: code, environment variables and other settings, events, messages.
   * 32 bytes, `{ id, key }`, or a `KeyProvider`. Of several the first one encrypts, and the others open files that
   * were encrypted with them. Nothing is encrypted in memory.
   * @default none
   */
  readonly encryptionKey?: EncryptionKeyOption;
}

/** Every option in its place; frozen. */
export interface ResolvedLambdaOptions {
  readonly home: Home;
  readonly concurrency: number;
  readonly rateLimits: 'aws' | 'none';
  readonly parallelism: number;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly idleTimeoutMs: number;
  readonly memoryCeilingMb: number;
  readonly blanks: number;
  readonly errorStyle: ErrorStyle;
  readonly memoryMbPerVcpu: number;
  /** The variables that hold the credentials. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly network: ResolvedNetwork;
  readonly intercept: Interceptor | undefined;
  readonly faultInjection: FaultInjection | undefined;
  readonly stateTransitionMs: number;
  readonly access: ResolvedAccess;
  readonly logEntries: number;
  readonly storage: ResolvedStorage;
  readonly encryptionKeys: readonly KeyProvider[];
}

const keys = Object.keys({
  region: true,
  accountId: true,
  concurrency: true,
  rateLimits: true,
  parallelism: true,
  clock: true,
  seed: true,
  idleTimeoutMs: true,
  memoryCeilingMb: true,
  blanks: true,
  errorStyle: true,
  memoryMbPerVcpu: true,
  credentials: true,
  network: true,
  intercept: true,
  faultInjection: true,
  stateTransitionMs: true,
  access: true,
  logEntries: true,
  storage: true,
  encryptionKey: true,
} satisfies Record<keyof LambdaOptions, true>);

const bytesPerMb = 1_048_576;

/**
 * `opening`: how often the storage was opened before. With a seed each opening has draws of its own, as ids that
 * come again would be taken for what is in the storage already.
 */
export function resolveLambdaOptions(options: LambdaOptions, opening = 0): ResolvedLambdaOptions {
  checkKnownKeys('options', options, keys);
  const {
    region = 'us-east-1',
    accountId = '123456789012',
    concurrency = limits.concurrency.default,
    rateLimits = 'none',
    parallelism = availableParallelism(),
    clock = new SystemClock(),
    seed: givenSeed,
    idleTimeoutMs = 300_000,
    memoryCeilingMb = Math.max(Math.floor(totalmem() / 2 / bytesPerMb), 64),
    blanks = 2,
    errorStyle = 'current',
    memoryMbPerVcpu = limits.memoryMbPerVcpu,
    credentials,
    network,
    intercept,
    faultInjection,
    stateTransitionMs = 0,
    access,
    logEntries = 1_000,
    storage,
    encryptionKey,
  } = options;
  checkInteger('concurrency', concurrency, limits.concurrency);
  checkOneOf('rateLimits', rateLimits, ['aws', 'none']);
  checkInteger('parallelism', parallelism, { min: 1, max: 1_024 });
  if (givenSeed !== undefined) checkInteger('seed', givenSeed, { min: 0, max: 2 ** 32 - 1 });
  checkInteger('idleTimeoutMs', idleTimeoutMs, { min: 1, max: 2 ** 31 - 1 });
  checkInteger('memoryCeilingMb', memoryCeilingMb, { min: 1, max: 2 ** 31 - 1 });
  checkInteger('blanks', blanks, { min: 0, max: 64 });
  checkOneOf('errorStyle', errorStyle, ['current', 'legacy']);
  checkInteger('memoryMbPerVcpu', memoryMbPerVcpu, { min: 1, max: 1_048_576 });
  checkInteger('stateTransitionMs', stateTransitionMs, { min: 0, max: 2 ** 31 - 1 });
  checkInteger('logEntries', logEntries, { min: 0, max: 10_000_000 });
  checkClock(clock);
  checkInterceptor(intercept);
  const seed = givenSeed === undefined ? undefined : seedOfOpening(givenSeed, opening);
  const random = seed === undefined ? Math.random : seededRandom(seed);
  return Object.freeze({
    home: resolveHome({ region, accountId }),
    concurrency,
    rateLimits,
    parallelism,
    clock,
    ids: seed === undefined ? new RandomIds() : new SeededIds(seededRandom(seed ^ 0x9e3779b9)),
    random,
    idleTimeoutMs,
    memoryCeilingMb,
    blanks,
    errorStyle,
    memoryMbPerVcpu,
    credentials: credentialVariables(credentials),
    network: resolveNetworkOptions(network),
    intercept,
    faultInjection: resolveFaultInjection(faultInjection, seed ?? Math.random()),
    stateTransitionMs,
    access: resolveAccess(access),
    logEntries,
    storage: resolveStorageOption(storage),
    encryptionKeys: resolveEncryptionKeys(encryptionKey),
  });
}

function seedOfOpening(seed: number, opening: number): number {
  return (seed + Math.imul(opening, 0x85eb_ca6b)) >>> 0;
}

function checkClock(clock: unknown): asserts clock is Clock {
  const { now, setTimer } = (clock ?? {}) as Partial<Clock>;
  if (typeof now === 'function' && typeof setTimer === 'function') return;
  throw new InvalidOptionError('clock', 'an object with `now()` and `setTimer()`', clock);
}

function checkInterceptor(intercept: unknown): asserts intercept is Interceptor | undefined {
  if (intercept === undefined) return;
  const given = (intercept ?? {}) as Partial<Interceptor>;
  const members = [given.takesRequest, given.takesHost, given.answer];
  if (members.every((member) => typeof member === 'function')) return;
  throw new InvalidOptionError(
    'intercept',
    'an object with `takesRequest()`, `takesHost()` and `answer()`',
    intercept,
  );
}
