import { InvalidOptionError } from '../core/errors.ts';
import { checkKnownKeys, checkOneOf } from '../core/options.ts';
import type { CodeSource } from './code-loader.ts';

const kinds = ['source', 'file', 'dir', 'zip'] as const;

/** Checks the shape of `code` only; whether it can be read shows when it is loaded. */
export function resolveCodeSource(code: CodeSource): CodeSource {
  checkKnownKeys('code', code, [...kinds, 'format']);
  const given = code as Readonly<Record<string, unknown>>;
  const present = kinds.filter((kind) => given[kind] !== undefined);
  const [kind] = present;
  if (kind === undefined || present.length > 1) {
    throw new InvalidOptionError(
      'code',
      'an object with exactly one of `source`, `file`, `dir`, `zip`',
      code,
    );
  }

  checkValue(kind, given[kind]);
  const format = given['format'];
  if (format !== undefined) {
    if (kind !== 'source') {
      throw new InvalidOptionError('code.format', 'absent unless `source` is given', format);
    }
    checkOneOf('code.format', format, ['commonjs', 'module']);
  }
  return Object.freeze({ ...code });
}

function checkValue(kind: (typeof kinds)[number], value: unknown): void {
  const option = `code.${kind}`;
  if (kind === 'source') {
    if (typeof value !== 'string') throw new InvalidOptionError(option, 'a string', value);
    return;
  }
  if (value instanceof URL || (typeof value === 'string' && value !== '')) return;
  if (kind !== 'zip') throw new InvalidOptionError(option, 'a path or a file URL', value);
  if (value instanceof Uint8Array) return;
  throw new InvalidOptionError(option, 'a Uint8Array, a path or a file URL', value);
}
