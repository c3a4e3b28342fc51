import { TextDecoder } from 'node:util';
import { ServiceError, type Service } from './service.ts';

/** Bytes of one call; decoding them takes a few milliseconds of the host's event loop. */
const maxBytes = 4 * 1_048_576;

/** Text in other encodings than UTF-8 and UTF-16, which guests decode themselves. */
export function textService(): Service {
  return {
    calls: {
      'text.encoding': (label) => nameOf(label) ?? '',
      'text.decode': decode,
    },
  };
}

/** The encoding that a label stands for. */
function nameOf(label: string): string | undefined {
  if (label.length > 40) return undefined;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    // Also encodings that this build of Node has no data for.
    return undefined;
  }
}

/** `<encoding> <1 when these are the last bytes>`. */
function decode(text: string, bytes: Uint8Array = new Uint8Array(0)): string {
  const [, encoding = '', isLast] = /^(\S{1,40}) ([01])$/.exec(text) ?? [];
  if (nameOf(encoding) === undefined) {
    throw new ServiceError('ERR_ENCODING_NOT_SUPPORTED', 'The encoding is not supported', {
      name: 'RangeError',
    });
  }
  if (bytes.byteLength > maxBytes) {
    throw new ServiceError(
      'ERR_OUT_OF_RANGE',
      `Text in the encoding ${encoding} must be at most ${maxBytes} bytes long here`,
      { name: 'RangeError' },
    );
  }
  return new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes, { stream: isLast === '0' });
}
