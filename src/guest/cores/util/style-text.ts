import { ERR_INVALID_ARG_TYPE } from '../../node/internal/errors.ts';
import { validateBoolean, validateOneOf, validateString } from '../../node/internal/validators.ts';

type Colors = Record<string, readonly [number, number] | undefined>;

interface Options {
  readonly validateStream?: unknown;
  readonly stream?: { readonly isTTY?: unknown } | undefined;
}

/**
 * `util.styleText`. By default Node asks whether stdout shows colours; here no stream does, so the text
 * stays plain unless `validateStream` is false.
 */
export function makeStyleText(
  colors: Colors,
): (format: unknown, text: unknown, options?: Options) => string {
  return (format, text, options = {}) => {
    const { validateStream = true, stream } = options;
    validateString(text, 'text');
    validateBoolean(validateStream, 'options.validateStream');
    const isPlain = validateStream && !wantsColors(stream);
    let left = '';
    let right = '';
    for (const key of Array.isArray(format) ? format : [format]) {
      if (key === 'none') continue;
      const codes = typeof key === 'string' ? colors[key] : undefined;
      if (codes === undefined) validateOneOf(key, 'format', Object.keys(colors));
      left += `\u001b[${codes?.[0]}m`;
      right = `\u001b[${codes?.[1]}m${right}`;
    }
    return isPlain ? text : `${left}${text}${right}`;
  };
}

function wantsColors(stream: unknown): boolean {
  if (stream === undefined) return false;
  const isStream =
    typeof stream === 'object' &&
    stream !== null &&
    ('_readableState' in stream ||
      '_writableState' in stream ||
      'getReader' in stream ||
      'getWriter' in stream);
  if (!isStream) {
    throw new ERR_INVALID_ARG_TYPE(
      'stream',
      ['ReadableStream', 'WritableStream', 'Stream'],
      stream,
    );
  }
  return (stream as { isTTY?: unknown }).isTTY === true;
}
