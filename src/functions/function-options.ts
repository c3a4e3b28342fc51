import type { RecursiveLoop } from '../core/lineage.ts';
import type { CodeSource } from './code/code-source.ts';
import type { DurableOptions } from './durable-option.ts';
import type { InspectOptions } from './inspect-options.ts';
import type { NetworkOption } from '../network/network-options.ts';
import type { KeptOptions } from './kept-settings.ts';
import type { LayerSource } from './layer-options.ts';
import type { LoggingOptions } from './logging-options.ts';
import type { Runtime } from './runtimes.ts';

/**
 * What a function is made of.
 * https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 */
export interface FunctionOptions extends KeptOptions {
  /** 1 to 64 letters, digits, `-` and `_`; unique in its `Lambda`. */
  readonly name: string;
  /** The deployment: module text, a file, a folder or a zip. */
  readonly code: CodeSource;
  /**
   * Module and export to call, without white space, at most 128 characters.
   * @default 'index.handler'
   */
  readonly handler?: string;
  /**
   * The handler contract to follow: Node 20 has that of Node 22. Code runs on the Node of the host. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
   * @default 'nodejs24.x'
   */
  readonly runtime?: Runtime;
  /**
   * Memory cap in MB, 8 to 10,240 (AWS starts at 128); the default of `cpuMs` follows from it too.
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
   * @default 128
   */
  readonly memoryMb?: number;
  /**
   * Wall time of one invocation in milliseconds, 1 to 900,000.
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
   * @default 3000
   */
  readonly timeoutMs?: number;
  /**
   * Time for the top level of the module in milliseconds, 1 to 900,000. When it is over, the init is
   * done again inside the invocation. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
   * @default 10000
   */
  readonly initTimeoutMs?: number;
  /**
   * CPU time of one invocation in milliseconds, 1 to 900,000.
   * @default the CPU time that AWS's share of a vCPU delivers within `timeoutMs`: `timeoutMs` x
   * `memoryMb` / 1769, at least 100 ms, at most `timeoutMs`
   */
  readonly cpuMs?: number;
  /**
   * Environment variables, 4 KB together. An update replaces the whole map.
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
   * @default {}
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * For people; at most 256 characters.
   * @default ''
   */
  readonly description?: string;
  /**
   * At most 50. They belong to the function, not to a version. An update replaces the whole map.
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html
   * @default {}
   */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * What the handler is told it runs on; code runs on the architecture of the host.
   * https://docs.aws.amazon.com/lambda/latest/dg/foundation-arch.html
   * @default ['x86_64']
   */
  readonly architectures?: readonly [Architecture];
  /**
   * Size of `/tmp` in MB, 512 to 10,240.
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html
   * @default 512
   */
  readonly ephemeralStorageMb?: number;
  /**
   * At most 5; what they hold shows in `/opt`, later ones over earlier ones. With the function they may have
   * 262,144,000 bytes. An update replaces the whole list.
   * https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
   * @default []
   */
  readonly layers?: readonly LayerSource[];
  /**
   * `Active` samples traces by itself; `PassThrough` follows what the caller decided.
   * https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
   * @default 'PassThrough'
   */
  readonly tracing?: TracingMode;
  /**
   * An update replaces all of it.
   * @default { format: 'Text', logGroup: '/aws/lambda/{name}' }
   */
  readonly logging?: LoggingOptions;
  /**
   * What the handler may reach: public addresses only, nothing, or also hosts that are named. An update
   * replaces all of it.
   * @default the option `network` of the `Lambda`: 'public'
   */
  readonly network?: NetworkOption;
  /**
   * ARN of the role that the function acts as.
   * https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
   * @default 'arn:aws:iam::{account}:role/isolambda'
   */
  readonly role?: string;
  /**
   * Where the isolate runs: on a thread of its own pool, or `inline` on the thread of the caller, which
   * is faster and blocks that thread meanwhile.
   * @default 'thread'
   */
  readonly isolation?: Isolation;
  /**
   * Whether the guest sees `WebAssembly`, whose memory the memory cap does not count.
   * @default false
   */
  readonly allowWebAssembly?: boolean;
  /**
   * Whether stacks in error payloads and log lines show files and lines as you wrote them, where the code
   * has source maps. AWS does so only with `NODE_OPTIONS=--enable-source-maps`. What the handler itself
   * reads in `error.stack` is never mapped.
   * @default true
   */
  readonly sourceMaps?: boolean;
  /**
   * Lets Chrome DevTools, VS Code and other debuggers attach to the function's environments. Only with
   * `isolation: 'thread'`, only on loopback, and only for code that you trust: whoever attaches may run
   * anything in the function. While a debugger is attached no budget ends an invocation; without one
   * `timeoutMs` and `initTimeoutMs` hold, `cpuMs` does not.
   * @default false
   */
  readonly inspect?: boolean | InspectOptions;
  /**
   * Invocations that the function may run at one time, kept for it alone; 0 stops it. Belongs to the function,
   * not to a version. `null` takes the reserve away.
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
   * @default null
   */
  readonly reservedConcurrency?: number | null;
  /**
   * Queue or topic (or its ARN) that gets the events of asynchronous invocations which were given up, with the
   * original body. Standard ones only. Belongs to the function, not to a version. `null` takes it away.
   * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
   * @default null
   */
  readonly deadLetter?: DeadLetterTarget | null;
  /**
   * What happens when the function takes part in one chain of requests for the 17th time: `Terminate` stops
   * the chain there, `Allow` lets it go on.
   * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
   * @default 'Terminate'
   */
  readonly recursiveLoop?: RecursiveLoop;
  /**
   * Makes it a durable function: an invocation starts an execution that checkpoints, suspends and goes on, for up to
   * a year. Only a version, an alias or `$LATEST` by name can be invoked. Cannot be added or taken away later.
   * https://docs.aws.amazon.com/lambda/latest/dg/durable-functions.html
   * @default null
   */
  readonly durable?: DurableOptions | null;
  /**
   * Whether each tenant gets environments of its own; every invocation then names a tenant. Cannot
   * change later. https://docs.aws.amazon.com/lambda/latest/dg/tenant-isolation.html
   * @default false
   */
  readonly perTenant?: boolean;
}

/** A queue, a topic, or the ARN of one. */
export type DeadLetterTarget = string | { readonly arn: string };
export type Architecture = 'x86_64' | 'arm64';
export type TracingMode = 'PassThrough' | 'Active';
export type Isolation = 'thread' | 'inline';

/** What `update` may change; everything that is left out stays. */
export type FunctionChanges = Partial<Omit<FunctionOptions, 'name'>>;
