import { LambdaError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { compilePattern, readPattern } from './patterns/compile.ts';
import { eventBridgeDialect, mappingDialect, type Dialect } from './patterns/dialect.ts';
import { PatternFault } from './patterns/pattern-fault.ts';

/** A compiled event pattern. */
export interface EventPattern {
  /** As it was given, as JSON. */
  readonly json: string;
  /** Whether an event (plain JSON data) satisfies it. */
  matches(event: unknown): boolean;
}

/** AWS refuses the pattern: InvalidEventPatternException. */
export class InvalidEventPatternError extends LambdaError<'ERR_INVALID_EVENT_PATTERN'> {
  override readonly name: string = 'InvalidEventPatternError';
  /** What is wrong with it, in AWS's words. */
  readonly reason: string;

  constructor(reason: string) {
    super('ERR_INVALID_EVENT_PATTERN', `Event pattern is not valid. Reason: ${reason}`);
    this.reason = reason;
  }
}

// Weighed before this was written: eb-patterns (no addresses, no nested `anything-but`, no arrays of objects,
// refuses nothing), the matcher inside of serverless-offline-aws-eventbridge (not a library of its own), and
// AWS's engine itself, which is Java. None gives AWS's answers, so the language is compiled here.

/**
 * Compiles an EventBridge event pattern, an object or JSON text.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 * @throws InvalidEventPatternError with AWS's words (without the place in the text that AWS adds)
 */
export function compileEventPattern(
  pattern: object | string,
  options: { readonly maxLength?: number } = {},
): EventPattern {
  return compile(
    pattern,
    eventBridgeDialect,
    options.maxLength ?? limits.eventBus.patternLength.default,
  );
}

/**
 * Compiles one `Pattern` of the filter criteria of an event source mapping; these know no `cidr` and no
 * `wildcard`. https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 * @throws InvalidEventPatternError
 */
export function compileMappingPattern(pattern: object | string): EventPattern {
  return compile(pattern, mappingDialect, limits.mappingPatternLength);
}

function compile(pattern: object | string, dialect: Dialect, maxLength: number): EventPattern {
  try {
    const { json, object } = readPattern(pattern);
    if (json.length > maxLength) {
      throw new PatternFault(`The pattern has ${json.length} characters, more than ${maxLength}`);
    }
    return Object.freeze({ json, matches: compilePattern(object, dialect) });
  } catch (fault) {
    throw fault instanceof PatternFault ? new InvalidEventPatternError(fault.message) : fault;
  }
}
