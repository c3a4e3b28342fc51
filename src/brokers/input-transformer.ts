import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkKnownKeys, checkString } from '../core/options.ts';
import { BrokerError } from './broker-error.ts';
import type { BusEvent } from './bus-event.ts';
import { DeliveryFault } from './delivery-fault.ts';
import { compileJsonPath, type JsonPath } from './json-path.ts';

/** What is known of an event besides itself. */
export interface InputFacts {
  readonly ruleName: string;
  readonly ruleArn: string;
  readonly ingestedAt: string;
}

/** Makes what a target gets. @throws DeliveryFault when it cannot be made of this event */
export type TargetInput = (event: BusEvent, facts: InputFacts) => string;

/** Makes a text from parts of an event. */
export interface InputTransformer {
  /** Variables, and where in the event they are: `{ "id": "$.detail.id" }`. @default none */
  readonly inputPathsMap?: Readonly<Record<string, string>>;
  /**
   * JSON, or a text in quotation marks, with variables in angle brackets: `{ "order": <id> }`. Without asking
   * there are `<aws.events.rule-arn>`, `<aws.events.rule-name>`, `<aws.events.event.ingestion-time>`,
   * `<aws.events.event>` (the event without its detail) and `<aws.events.event.json>` (all of it).
   */
  readonly inputTemplate: string;
}

/** Text of the template, or a variable in it. */
type Part = { readonly text: string } | { readonly variable: string; readonly isInText: boolean };

const reserved: Readonly<Record<string, (event: BusEvent, facts: InputFacts) => unknown>> = {
  'aws.events.rule-arn': (_, { ruleArn }) => ruleArn,
  'aws.events.rule-name': (_, { ruleName }) => ruleName,
  'aws.events.event.ingestion-time': (_, { ingestedAt }) => ingestedAt,
  'aws.events.event': withoutDetail,
  'aws.events.event.json': (event) => event,
};

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html */
export function compileTransformer(id: string, transformer: InputTransformer): TargetInput {
  checkKnownKeys('inputTransformer', transformer, ['inputPathsMap', 'inputTemplate']);
  const { inputPathsMap = {}, inputTemplate } = transformer;
  const paths = checkPaths(inputPathsMap);
  const { inputLength } = limits.eventBus;
  checkString('inputTransformer.inputTemplate', inputTemplate, {
    maxLength: inputLength,
    pattern: /\S/,
    says: `a text of at most ${inputLength} characters`,
  });
  const parts = partsOf(inputTemplate);
  for (const part of parts) {
    if ('text' in part || paths.has(part.variable) || Object.hasOwn(reserved, part.variable))
      continue;
    throw new BrokerError(
      'ValidationException',
      `InputTemplate for target ${id} contains invalid placeholder ${part.variable}.`,
    );
  }
  const isText = inputTemplate.trimStart().startsWith('"');
  return (event, facts) => {
    const filled = parts.map((part) =>
      'text' in part ? part.text : fill(part, isText, valueOf(part.variable, paths, event, facts)),
    );
    return isText ? checkTexts(filled.join('')) : minified(filled.join(''));
  };
}

function checkPaths(inputPathsMap: Readonly<Record<string, string>>): Map<string, JsonPath> {
  const option = 'inputTransformer.inputPathsMap';
  if (typeof inputPathsMap !== 'object' || inputPathsMap === null) {
    throw new InvalidOptionError(option, 'an object of paths', inputPathsMap);
  }
  const entries = Object.entries(inputPathsMap);
  const { inputVariables } = limits.eventBus;
  const isReserved = entries.some(([name]) => Object.hasOwn(reserved, name));
  if (entries.length > inputVariables || isReserved) {
    const rule = `an object of at most ${inputVariables} paths, whose names are not reserved`;
    throw new InvalidOptionError(option, rule, inputPathsMap);
  }
  return new Map(entries.map(([name, path]) => [name, compileJsonPath(`${option}.${name}`, path)]));
}

function partsOf(template: string): readonly Part[] {
  const parts: Part[] = [];
  let end = 0;
  let isInText = false;
  for (const match of template.matchAll(/<([^<>]*)>/g)) {
    const text = template.slice(end, match.index);
    if (endsInOtherState(text)) isInText = !isInText;
    parts.push({ text }, { variable: match[1] ?? '', isInText });
    end = match.index + match[0].length;
  }
  parts.push({ text: template.slice(end) });
  return parts;
}

/** Whether a text opens a quotation that it does not close, or the other way round. */
function endsInOtherState(text: string): boolean {
  const marks = text.replaceAll(/\\./gs, '').match(/"/g);
  return (marks?.length ?? 0) % 2 === 1;
}

/** Undefined where the event does not have it. */
function valueOf(
  variable: string,
  paths: ReadonlyMap<string, JsonPath>,
  event: BusEvent,
  facts: InputFacts,
): unknown {
  const find = paths.get(variable);
  return find === undefined ? reserved[variable]?.(event, facts) : find(event)?.found;
}

/** As AWS, which escapes nothing within a text: a quotation mark in a value spoils the text around it. */
function fill(part: { readonly isInText: boolean }, isText: boolean, value: unknown): string {
  if (!part.isInText) return JSON.stringify(value === undefined ? '' : value);
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  const json = JSON.stringify(value);
  // In texts, objects lose their quotation marks; in JSON they keep them, and it is no JSON any more.
  return isText ? json.replaceAll('"', '') : json;
}

/** Several texts stand in a line each. */
function checkTexts(text: string): string {
  for (const line of text.split('\n')) {
    if (line.trim() !== '' && typeof parsed(line) !== 'string') throw invalid(text);
  }
  return text;
}

function minified(text: string): string {
  return JSON.stringify(parsed(text));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(text);
  }
}

function invalid(text: string): DeliveryFault {
  const start = text.length > 200 ? `${text.slice(0, 200)}...` : text;
  return new DeliveryFault('INVALID_JSON', `The input transformer made no valid JSON: ${start}`);
}

/** AWS writes the name of one key in camel case here. */
function withoutDetail(event: BusEvent): unknown {
  const { detail: _, 'detail-type': detailType, version, id, ...rest } = event;
  return { version, id, detailType, ...rest };
}
