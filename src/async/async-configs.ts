import { functionArn, type Home } from '../core/arn.ts';
import { AwsRuleError } from '../functions/aws-rule-error.ts';
import {
  defaultAsyncOptions,
  type ResolvedAsyncOptions,
  type ResolvedDestination,
} from './async-options.ts';
import type { FindTarget } from './delivery-target.ts';

/** One configuration with what it is for. */
export interface AsyncConfigEntry {
  readonly functionName: string;
  readonly qualifier: string;
  readonly options: ResolvedAsyncOptions;
  /** Epoch milliseconds. */
  readonly changedAtMs: number;
}

/**
 * Configurations of asynchronous invocation, one for each function and qualifier; an event goes by that of the
 * qualifier it was sent to.
 */
export class AsyncConfigs {
  readonly #home: Home;
  readonly #find: FindTarget;
  readonly #byFunction = new Map<string, Map<string, AsyncConfigEntry>>();

  constructor(home: Home, find: FindTarget) {
    this.#home = home;
    this.#find = find;
  }

  /** Defaults where nothing was configured. */
  of(functionName: string, qualifier: string): ResolvedAsyncOptions {
    return this.find(functionName, qualifier) ?? defaultAsyncOptions;
  }

  find(functionName: string, qualifier: string): ResolvedAsyncOptions | undefined {
    return this.entry(functionName, qualifier)?.options;
  }

  entry(functionName: string, qualifier: string): AsyncConfigEntry | undefined {
    return this.#byFunction.get(functionName)?.get(qualifier);
  }

  /** Refuses destinations that AWS refuses, in its words. */
  check(functionName: string, options: ResolvedAsyncOptions): void {
    this.#checkDestination('onSuccess', functionName, options.onSuccess);
    this.#checkDestination('onFailure', functionName, options.onFailure);
  }

  /** Replaces what is there. */
  set(entry: AsyncConfigEntry): void {
    const { functionName, qualifier } = entry;
    let configs = this.#byFunction.get(functionName);
    if (configs === undefined) {
      configs = new Map();
      this.#byFunction.set(functionName, configs);
    }
    configs.set(qualifier, entry);
  }

  /** False when there was none. */
  delete(functionName: string, qualifier: string): boolean {
    const configs = this.#byFunction.get(functionName);
    const existed = configs?.delete(qualifier) ?? false;
    if (configs?.size === 0) this.#byFunction.delete(functionName);
    return existed;
  }

  /** Forgets all of a function. Gives the qualifiers that had one. */
  deleteFunction(functionName: string): readonly string[] {
    const qualifiers = [...(this.#byFunction.get(functionName)?.keys() ?? [])];
    this.#byFunction.delete(functionName);
    return qualifiers;
  }

  list(functionName: string): readonly AsyncConfigEntry[] {
    return [...(this.#byFunction.get(functionName)?.values() ?? [])];
  }

  #checkDestination(
    option: 'onSuccess' | 'onFailure',
    functionName: string,
    destination: ResolvedDestination | undefined,
  ): void {
    if (destination?.kind !== 'arn') return;
    const { arn } = destination;
    const own = functionArn(this.#home, functionName);
    if (arn === own || arn.startsWith(`${own}:`)) {
      throw new AwsRuleError(
        option,
        'something other than the function itself',
        arn,
        "You can't specify the function as a destination for itself.",
      );
    }
    const kind = this.#find(arn)?.kind;
    if (kind === undefined) {
      throw new AwsRuleError(
        option,
        'a destination of this Lambda',
        arn,
        `The destination ARN ${arn} is invalid.`,
      );
    }
    if (option === 'onSuccess' && kind === 'bucket') {
      throw new AwsRuleError(
        option,
        'a queue, topic, function or event bus; buckets take failures only',
        arn,
        `The destination ARN ${arn} is invalid.`,
      );
    }
  }
}
