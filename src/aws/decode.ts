import { ApiError, invalidParameter } from './api-error.ts';
import {
  modelOf,
  shapeOf,
  type OperationModel,
  type OperationName,
  type Shape,
} from './model/shapes.ts';
import type { DoorRequest } from './operation.ts';

/** Lambda's own limit of a control-plane request, in bytes. */
const largestRequest = 70_167_211;

/** Where members of an input stand, looked up once for each operation. */
interface Plan {
  readonly model: OperationModel;
  readonly labels: readonly Place[];
  readonly query: readonly Place[];
  readonly headers: readonly Place[];
}

interface Place {
  readonly name: string;
  readonly shape: Shape;
  /** Name of the parameter or header. */
  readonly key: string;
}

const plans = new Map<OperationName, Plan>();

function planOf(operation: OperationName): Plan {
  let plan = plans.get(operation);
  if (plan === undefined) {
    const model = modelOf(operation);
    const places = (members: Readonly<Record<string, readonly [string, string]>> = {}): Place[] =>
      Object.entries(members).map(([name, [shape, key]]) => ({ name, shape: shapeOf(shape), key }));
    const labels = Object.entries(model.labels ?? {}).map(
      ([name, shape]) => ({ name, shape: shapeOf(shape), key: name }) as const,
    );
    plan = { model, labels, query: places(model.query), headers: places(model.headers) };
    plans.set(operation, plan);
  }
  return plan;
}

/**
 * Reads the members of an operation's input from path, query, headers and body. Members that AWS does not know
 * are skipped, as AWS does; `null` counts as left out.
 */
export function decodeInput(
  operation: OperationName,
  request: DoorRequest,
  labels: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const plan = planOf(operation);
  const { model } = plan;
  const input: Record<string, unknown> = {};
  for (const { name, shape } of plan.labels) {
    const text = labels[name];
    if (text !== undefined) input[name] = fromText(text, shape);
  }
  for (const { name, shape, key } of plan.query) {
    const value = request.query[key];
    if (value !== undefined) input[name] = fromQuery(value, shape);
  }
  for (const { name, shape, key } of plan.headers) {
    const text = request.headers[key];
    if (text !== undefined) input[name] = fromText(text, shape);
  }
  if (model.payload !== undefined) {
    input[model.payload] = payloadOf(request.body, model.body?.[model.payload]);
    return input;
  }
  if (model.body === undefined) return input;
  if (request.body.length > largestRequest) throw tooLarge(operation);
  const body = parseBody(request.body);
  for (const [name, shape] of Object.entries(model.body)) {
    const value = fromJson(body[name], shapeOf(shape));
    if (value !== undefined) input[name] = value;
  }
  return input;
}

function payloadOf(body: Uint8Array, shapeName: string | undefined): unknown {
  const shape = shapeName === undefined ? undefined : shapeOf(shapeName);
  if (shape === undefined || shape.type === 'blob') return body;
  return body.length === 0 ? undefined : fromJson(parseBody(body), shape);
}

function tooLarge(operation: OperationName): ApiError {
  return new ApiError(
    413,
    'RequestEntityTooLargeException',
    `Request must be smaller than ${largestRequest} bytes for the ${operation} operation`,
  );
}

function parseBody(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  if (bytes.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new ApiError(
      400,
      'InvalidRequestContentException',
      `Could not parse request body into json: ${problem}`,
      { cause },
    );
  }
  if (isObject(value)) return value;
  throw serialization(value, 'a structure');
}

function fromQuery(value: string | readonly string[], shape: Shape): unknown {
  if (shape.type !== 'list')
    return fromText(typeof value === 'string' ? value : (value[0] ?? ''), shape);
  const member = shapeOf(shape.member ?? '');
  return (typeof value === 'string' ? [value] : value).map((text) => fromText(text, member));
}

/** Values that travel as text: in the path, the query or a header. */
function fromText(text: string, shape: Shape): unknown {
  switch (shape.type) {
    case 'boolean':
      return text === 'true';
    case 'integer':
      return toNumber(text, /^[+-]?\d+$/, 'an Integer');
    case 'number':
      return toNumber(text, /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/, 'a Double');
    case 'timestamp':
      return toTime(text);
    default:
      return text;
  }
}

function toNumber(text: string, pattern: RegExp, type: string): number {
  if (pattern.test(text)) return Number(text);
  throw new ApiError(400, 'SerializationException', `STRING_VALUE cannot be converted to ${type}`);
}

/** Seconds since the epoch, from either form that AWS's clients send. */
function toTime(text: string): number {
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Date.parse(text) / 1_000;
  if (Number.isFinite(seconds)) return seconds;
  throw new ApiError(
    400,
    'SerializationException',
    'STRING_VALUE cannot be converted to a Timestamp',
  );
}

function fromJson(value: unknown, shape: Shape): unknown {
  if (value === undefined || value === null) return undefined;
  switch (shape.type) {
    case 'string':
      // As AWS's deserialiser: numbers and booleans are taken as their text.
      if (typeof value === 'number' || typeof value === 'boolean') return String(value);
      return typeof value === 'string' ? value : refuse(value, 'a String');
    case 'integer':
      return Number.isInteger(value) ? value : refuse(value, 'an Integer');
    case 'number':
      return typeof value === 'number' ? value : refuse(value, 'a Double');
    case 'boolean':
      return typeof value === 'boolean' ? value : refuse(value, 'a Boolean');
    case 'timestamp':
      if (typeof value === 'string') return toTime(value);
      return typeof value === 'number' ? value : refuse(value, 'a Timestamp');
    case 'blob':
      return typeof value === 'string' ? fromBase64(value) : refuse(value, 'a Blob');
    case 'list': {
      if (!Array.isArray(value)) return refuse(value, 'a list');
      const member = shapeOf(shape.member ?? '');
      return value.map((item) => fromJson(item, member)).filter((item) => item !== undefined);
    }
    case 'map': {
      if (!isObject(value)) return refuse(value, 'a map');
      const member = shapeOf(shape.value ?? '');
      const entries = Object.entries(value).map(([name, item]) => [name, fromJson(item, member)]);
      return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
    }
    case 'structure': {
      if (!isObject(value)) return refuse(value, 'a structure');
      const entries = Object.entries(shape.members ?? {})
        .filter(([name]) => Object.hasOwn(value, name))
        .map(([name, member]) => [name, fromJson(value[name], shapeOf(member))]);
      return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
    }
  }
}

const base64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;

function fromBase64(text: string): Uint8Array {
  if (base64.test(text)) return Buffer.from(text, 'base64');
  throw new ApiError(400, 'SerializationException', 'Value is not valid base64');
}

function refuse(value: unknown, type: string): never {
  throw serialization(value, type);
}

function serialization(value: unknown, type: string): ApiError {
  const found = Array.isArray(value)
    ? 'START_ARRAY'
    : typeof value === 'string'
      ? 'STRING_VALUE'
      : typeof value === 'number'
        ? 'NUMBER_VALUE'
        : typeof value === 'boolean'
          ? `${String(value).toUpperCase()}_VALUE`
          : 'START_OBJECT';
  return new ApiError(400, 'SerializationException', `${found} cannot be converted to ${type}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The parts of a percent-encoded path; what cannot be decoded is the caller's mistake. */
export function decodeSegment(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw invalidParameter(`"${text}" is not a percent-encoded text`, cause);
  }
}
