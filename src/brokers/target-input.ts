import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { BrokerError } from './broker-error.ts';
import { DeliveryFault } from './delivery-fault.ts';
import {
  compileTransformer,
  type InputTransformer,
  type TargetInput,
} from './input-transformer.ts';
import { compileJsonPath } from './json-path.ts';

/** What a target gets instead of the whole event; one of them at most. */
export interface TargetInputOptions {
  /** The same for every event: a JSON value, or its text. */
  readonly input?: unknown;
  /** A part of the event, such as `$.detail`. */
  readonly inputPath?: string;
  /** A text that is made from parts of the event. */
  readonly inputTransformer?: InputTransformer;
}

/**
 * Undefined where the target gets the whole event.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html
 */
export function compileTargetInput(
  id: string,
  options: TargetInputOptions,
): TargetInput | undefined {
  const { input, inputPath, inputTransformer } = options;
  const given = [input, inputPath, inputTransformer].filter((option) => option !== undefined);
  if (given.length > 1) {
    throw new BrokerError(
      'ValidationException',
      `Only one of Input, InputPath, or InputTransformer must be provided for target ${id}.`,
    );
  }
  if (inputTransformer !== undefined) return compileTransformer(id, inputTransformer);
  if (inputPath !== undefined) return partOf(inputPath);
  return input === undefined ? undefined : constant(input);
}

function constant(input: unknown): TargetInput {
  const text = jsonTextOf(input);
  const { inputLength } = limits.eventBus;
  if (text === undefined || text.length > inputLength) {
    const rule = `a JSON value or its text, of at most ${inputLength} characters`;
    throw new InvalidOptionError('input', rule, input);
  }
  return () => text;
}

function jsonTextOf(input: unknown): string | undefined {
  try {
    if (typeof input !== 'string') return JSON.stringify(input);
    JSON.parse(input);
    return input;
  } catch {
    return undefined;
  }
}

function partOf(path: string): TargetInput {
  const find = compileJsonPath('inputPath', path);
  return (event) => {
    const part = find(event);
    if (part !== undefined) return JSON.stringify(part.found);
    throw new DeliveryFault('INVALID_JSON', `There is nothing at ${path} of the event`);
  };
}
