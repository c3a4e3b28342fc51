import { Queue } from '../brokers/queue.ts';
import { Stream } from '../brokers/stream.ts';
import { Table } from '../brokers/table.ts';
import { functionArn } from '../core/arn.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkBoolean } from '../core/options.ts';
import { AwsRuleError } from '../functions/aws-rule-error.ts';
import type { DurableConfig } from '../functions/durable-option.ts';
import type { MappingSettings } from './mapping-options.ts';
import { checkVisibility, sourceKindOf, type SourceFacts } from './mapping-rules.ts';
import type { MappingsOptions } from './mappings.ts';
import type { Source } from './poller-of.ts';

/** Whom a mapping invokes. */
interface MappingTarget {
  readonly functionName: string;
  readonly qualifier: string | undefined;
  readonly functionArn: string;
}

/** Rules that depend on what else there is in the `Lambda`. */
export class SourceRules {
  readonly #options: MappingsOptions;

  constructor(options: MappingsOptions) {
    this.#options = options;
  }

  flag(option: string, value: unknown): boolean {
    checkBoolean(option, value);
    return value;
  }

  /** @throws AwsRuleError when there is no such source here, in AWS's words */
  source(given: unknown): SourceFacts {
    const { arn, source } = readSource(given);
    const kind = sourceKindOf(arn);
    const found = this.#options.findSource(arn);
    if (found === undefined) {
      throw new AwsRuleError('source', 'one of this Lambda', arn, missingSource(kind, arn));
    }
    if (source !== undefined && source !== found) {
      const hint = 'Make it with createQueue, createStream or createTable of this Lambda';
      throw new InvalidOptionError('source', 'one of this Lambda', arn, hint);
    }
    return { kind, arn, isFifo: found instanceof Queue && found.isFifo };
  }

  /** @throws AwsRuleError when there is no such function, version or alias */
  target(given: unknown): MappingTarget {
    const { store, home } = this.#options;
    const reference: unknown =
      typeof given === 'object' && given !== null && 'arn' in given ? given.arn : given;
    if (typeof reference !== 'string') {
      const rule = 'a function, version or alias, or its name or ARN';
      throw new InvalidOptionError('target', rule, given);
    }
    const { functionName, qualifier } = store.router.target(reference);
    if (!store.has(functionName, qualifier)) {
      const rule = 'a function, version or alias of this Lambda';
      throw new AwsRuleError('target', rule, reference, 'Function does not exist');
    }
    return { functionName, qualifier, functionArn: functionArn(home, functionName, qualifier) };
  }

  checkStart({ startingAtMs }: MappingSettings): void {
    if (startingAtMs === null || startingAtMs <= this.#options.clock.now()) return;
    throw new InvalidOptionError('startingAtMs', 'a time that is not in the future', startingAtMs);
  }

  /** What must hold between source, function and settings. */
  checkPair(source: SourceFacts, target: MappingTarget, settings: MappingSettings): void {
    const { findSource, store } = this.#options;
    const { config } = store.router.target(target.functionName, target.qualifier).pick().version;
    if (config.perTenant) {
      const rule = 'a function that is not `perTenant`, since records name no tenant';
      throw new InvalidOptionError('target', rule, target.functionArn);
    }
    if (config.durable !== null) checkDurable(target, config.durable);
    const found = findSource(source.arn);
    if (!(found instanceof Queue)) {
      this.#checkDestination(settings.onFailure);
      return;
    }
    checkVisibility(found.settings.visibilityTimeoutMs, config.timeoutMs);
  }

  #checkDestination(onFailure: string | null): void {
    if (onFailure === null || this.#options.canTakeFailures(onFailure)) return;
    const rule = 'a standard queue, a standard topic or a bucket of this Lambda';
    const said = `The destination ARN ${onFailure} is invalid.`;
    throw new AwsRuleError('onFailure', rule, onFailure, said);
  }
}

/** A batch waits for its execution, as a call does. */
function checkDurable(
  { functionArn: arn, qualifier }: MappingTarget,
  { executionTimeoutMs }: DurableConfig,
): void {
  if (qualifier === undefined) {
    const rule = 'a version, an alias or `$LATEST` of a durable function';
    const said = 'You cannot invoke a durable function using an unqualified ARN.';
    throw new AwsRuleError('target', rule, arn, said);
  }
  if (executionTimeoutMs <= limits.durable.syncWaitMs) return;
  const rule = 'a durable function whose `executionTimeoutMs` is 900,000 at most';
  throw new InvalidOptionError('target', rule, arn);
}

function readSource(given: unknown): { readonly arn: string; readonly source?: Source } {
  if (typeof given === 'string') return { arn: given };
  if (given instanceof Queue || given instanceof Stream) return { arn: given.arn, source: given };
  if (given instanceof Table && given.stream !== undefined) {
    return { arn: given.stream.arn, source: given.stream };
  }
  if (given instanceof Table) {
    throw new InvalidOptionError('source', 'a table that was made with `stream`', given.name);
  }
  const said = 'Unrecognized event source.';
  throw new AwsRuleError('source', 'a queue, stream or table, or an ARN', given, said);
}

function missingSource(kind: SourceFacts['kind'], arn: string): string {
  if (kind !== 'queue') return `Stream not found: ${arn}`;
  return (
    'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. ' +
    'SQS Error Message: The specified queue does not exist for this wsdl version.'
  );
}
