import { part } from '../../parts.ts';

const inspectPart = () => part('node/internal/inspect') as typeof import('./inspect.ts');

/** Node's words for the value that an argument had instead: `type string ('x')`, `an instance of Foo`. */
export function received(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  switch (typeof value) {
    case 'function':
      return `function ${value.name}`;
    case 'object': {
      const { constructor } = value as { constructor?: unknown };
      if (constructor && typeof constructor === 'function' && 'name' in constructor) {
        return `an instance of ${constructor.name}`;
      }
      return inspectPart().inspect(value, { depth: -1 });
    }
    case 'string': {
      const text = value.length > 28 ? `${value.slice(0, 25)}...` : value;
      return text.includes("'")
        ? `type string (${JSON.stringify(text)})`
        : `type string ('${text}')`;
    }
    case 'bigint':
      return `type bigint (${value}n)`;
    case 'number':
      return `type number (${Object.is(value, -0) ? '-0' : value})`;
    case 'symbol':
      return `type symbol (${String(value)})`;
    default:
      return `type ${typeof value} (${String(value)})`;
  }
}

/** `util.inspect` without loading it for what is simple. */
export function inspected(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : `${value}`;
  if (typeof value === 'string' && !/['\\\n\r\t\b\f\v\0-\x1f\x7f-\x9f\ud800-\udfff]/.test(value)) {
    return `'${value}'`;
  }
  if (value === undefined || value === null || typeof value === 'boolean') return String(value);
  return inspectPart().inspect(value);
}

/** `1_000_000`, as Node writes large numbers that are out of range. */
export function withSeparators(digits: string): string {
  const start = digits.startsWith('-') ? 1 : 0;
  let rest = digits.length;
  let text = '';
  for (; rest >= start + 4; rest -= 3) text = `_${digits.slice(rest - 3, rest)}${text}`;
  return `${digits.slice(0, rest)}${text}`;
}
