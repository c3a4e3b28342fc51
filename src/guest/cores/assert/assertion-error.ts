import { inspect } from '../../node/internal/inspect.ts';
import { ERR_INVALID_ARG_TYPE } from '../../node/internal/errors.ts';
import { validateObject } from '../../node/internal/validators.ts';
import { diff } from '../util/diff.ts';

/** What each comparison says when it fails; `%` texts are Node's. */
const texts: Readonly<Record<string, string>> = {
  deepStrictEqual: 'Expected values to be strictly deep-equal:',
  partialDeepStrictEqual: 'Expected values to be partially and strictly deep-equal:',
  strictEqual: 'Expected values to be strictly equal:',
  strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
  deepEqual: 'Expected values to be loosely deep-equal:',
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notStrictEqualObject: 'Expected "actual" not to be reference-equal to "expected":',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  notIdentical: 'Values have same structure but are not reference-equal:',
};

const maxShortLength = 12;
const maxLongLength = 512;
const maxLinesOfNegation = 50;
/** Equal lines that are shown before a run of them is cut. */
const shownEqualLines = 5;

export interface AssertionOptions {
  readonly message?: unknown;
  readonly operator: string;
  readonly actual?: unknown;
  readonly expected?: unknown;
  readonly stackStartFn?: unknown;
  readonly diff?: string;
}

function inspectValue(value: unknown): string {
  return inspect(value, {
    compact: false,
    customInspect: false,
    depth: 1000,
    maxArrayLength: Infinity,
    showHidden: false,
    showProxy: false,
    sorted: true,
    getters: true,
  });
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** The message of a comparison that should have held. */
function differenceText(
  actual: unknown,
  expected: unknown,
  operator: string,
  custom?: string,
): string {
  const left = inspectValue(actual).split('\n');
  const right = inspectValue(expected).split('\n');
  const key =
    operator === 'strictEqual' &&
    ((isObject(actual) && isObject(expected)) ||
      (typeof actual === 'function' && typeof expected === 'function'))
      ? 'strictEqualObject'
      : operator;
  const header = custom ?? texts[key] ?? '';
  const isSimple =
    left.length === 1 && right.length === 1 && !(isObject(actual) && isObject(expected));
  if (isSimple) return simpleDifference(left[0] ?? '', right[0] ?? '', header, actual, expected);
  if (key === 'strictEqualObject' && left.join('\n') === right.join('\n')) {
    const lines = left.length > 50 ? [...left.slice(0, 46), '...'] : left;
    return `${custom ?? texts['notIdentical']}\n\n${lines.join('\n')}\n`;
  }
  const { text, isCut } = lineDifference(left, right);
  return `${header}\n+ actual - expected${isCut ? '\n... Skipped lines' : ''}\n\n${text}`;
}

function simpleDifference(
  left: string,
  right: string,
  header: string,
  actual: unknown,
  expected: unknown,
): string {
  let length = left.length + right.length;
  length -= typeof actual === 'string' ? 2 : 0;
  length -= typeof expected === 'string' ? 2 : 0;
  if (length <= maxShortLength && (actual !== 0 || expected !== 0)) {
    return `${header}\n\n${left} !== ${right}\n`;
  }
  let same = 0;
  while (same < left.length && same < right.length && left[same] === right[same]) same += 1;
  const isText = typeof actual === 'string' && typeof expected === 'string';
  const mark = isText && same > 2 && length <= maxLongLength ? `${' '.repeat(same + 2)}^\n` : '';
  return `${header}\n+ actual - expected\n\n+ ${left}\n- ${right}\n${mark}`;
}

function lineDifference(
  left: readonly string[],
  right: readonly string[],
): { text: string; isCut: boolean } {
  const ends = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/,$/, ''));
  let text = '';
  let isCut = false;
  let equal: string[] = [];
  const flush = (isLast: boolean): void => {
    const rest = equal.slice(shownEqualLines);
    text += equal
      .slice(0, shownEqualLines)
      .map((line) => `  ${line}\n`)
      .join('');
    if (rest.length > 0 && rest.length <= 2 && !isLast) {
      text += rest.map((line) => `  ${line}\n`).join('');
    } else if (rest.length > 0 && !isLast) {
      text += `...\n  ${rest.at(-1)}\n`;
      isCut = true;
    } else if (rest.length > 0) {
      text += '...\n';
      isCut = true;
    }
    equal = [];
  };
  let at = 0;
  let atRight = 0;
  for (const [operation, line] of diff(ends(left), ends(right))) {
    if (operation === 0) {
      // Of two lines that differ in their comma alone, the one with it is shown.
      const [one = line, other = line] = [left[at], right[atRight]];
      equal.push(one.length >= other.length ? one : other);
      at += 1;
      atRight += 1;
      continue;
    }
    flush(false);
    if (operation === 1) {
      text += `+ ${left[at]}\n`;
      at += 1;
    } else {
      text += `- ${right[atRight]}\n`;
      atRight += 1;
    }
  }
  flush(equal.length > shownEqualLines);
  return { text, isCut };
}

function negationText(actual: unknown, operator: string): string {
  const lines = inspectValue(actual).split('\n');
  const isReference =
    operator === 'notStrictEqual' && (isObject(actual) || typeof actual === 'function');
  const header = texts[isReference ? 'notStrictEqualObject' : operator] ?? '';
  const shown = lines.length > maxLinesOfNegation ? [...lines.slice(0, 46), '...'] : lines;
  if (shown.length === 1) {
    const [line = ''] = shown;
    return `${header}${line.length > 5 || operator === 'notDeepEqual' ? '\n\n' : ' '}${line}`;
  }
  return `${header}\n\n${shown.join('\n')}\n`;
}

function otherText(actual: unknown, expected: unknown, operator: string): string {
  const cut = (text: string): string =>
    text.length > maxLongLength ? `${text.slice(0, 509)}...` : text;
  const left = cut(inspectValue(actual));
  const right = cut(inspectValue(expected));
  if (operator === 'deepEqual') {
    return `${texts['deepEqual']}\n\n${left}\n\nshould loosely deep-equal\n\n${right}`;
  }
  return `${left} ${operator} ${right}`;
}

function textFor(actual: unknown, expected: unknown, operator: string): string {
  if (/^(deepStrictEqual|strictEqual|partialDeepStrictEqual)$/.test(operator)) {
    return differenceText(actual, expected, operator);
  }
  if (/^not(Deep)?StrictEqual$|^notDeepEqual$/.test(operator)) {
    return negationText(actual, operator);
  }
  return otherText(actual, expected, operator);
}

/** https://nodejs.org/docs/latest-v24.x/api/assert.html#class-assertassertionerror */
export class AssertionError extends Error {
  readonly generatedMessage: boolean;
  readonly code: string;
  readonly actual: unknown;
  readonly expected: unknown;
  readonly operator: string;
  readonly diff: string;

  constructor(options: AssertionOptions) {
    validateObject(options, 'options');
    const { message, operator, actual, expected, stackStartFn } = options;
    if (message === undefined || message === null) {
      super(textFor(actual, expected, operator));
    } else {
      const shows = operator === 'strictEqual' || operator === 'deepStrictEqual';
      const text = String(message);
      super(shows ? differenceText(actual, expected, operator, text) : text);
    }
    this.generatedMessage = message === undefined || message === null;
    Object.defineProperty(this, 'name', {
      value: 'AssertionError [ERR_ASSERTION]',
      enumerable: false,
      writable: true,
      configurable: true,
    });
    this.code = 'ERR_ASSERTION';
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
    this.diff = options.diff ?? 'simple';
    const { captureStackTrace } = Error as unknown as {
      captureStackTrace(target: object, above?: unknown): void;
    };
    captureStackTrace(this, stackStartFn);
    void this.stack;
    this.name = 'AssertionError';
  }

  override toString(): string {
    return `${this.name} [${this.code}]: ${this.message}`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](_depth: unknown, options: object): string {
    return inspect(this, { ...options, customInspect: false, depth: 0 });
  }
}

/** The difference of two records of fields, for `throws`. */
export function comparisonError(
  actual: object,
  expected: object,
  operator: string,
  stackStartFn: unknown,
): AssertionError {
  return new AssertionError({
    message: differenceText(actual, expected, 'deepStrictEqual'),
    operator,
    actual,
    expected,
    stackStartFn,
  });
}

/** For messages that are checked before they are used. */
export function checkMessage(message: unknown): void {
  const isGood =
    message === undefined ||
    message === null ||
    typeof message === 'string' ||
    typeof message === 'function' ||
    message instanceof Error;
  if (!isGood) {
    throw new ERR_INVALID_ARG_TYPE('message', ['string', 'Error', 'function'], message);
  }
}
