import { addAbortListener } from './events.ts';
import { getCallSites } from '../cores/util/call-sites.ts';
import { debuglog, deprecate, useFormat } from '../cores/util/deprecate.ts';
import { diff } from '../cores/util/diff.ts';
import { MIMEParams, MIMEType } from '../cores/util/mime.ts';
import { parseArgs } from '../cores/util/parse-args.ts';
import { parseDotEnv } from '../cores/util/parse-env.ts';
import { callbackify, promisify } from '../cores/util/promisify.ts';
import { makeStyleText } from '../cores/util/style-text.ts';
import {
  convertProcessSignalToExitCode,
  errnoException,
  exceptionWithHostPort,
  getSystemErrorMap,
  getSystemErrorMessage,
  getSystemErrorName,
} from '../cores/util/system-errors.ts';
import { isDeepEqual } from './internal/comparisons.ts';
import { ERR_INVALID_ARG_TYPE, errorWithCode, notOffered } from './internal/errors.ts';
import {
  format,
  formatWithOptions,
  inspect,
  stripVTControlCharacters,
} from './internal/inspect.ts';
import { types } from './internal/types.ts';
import { validateAbortSignal, validateString } from './internal/validators.ts';

export { promisifyArguments } from '../cores/util/promisify.ts';
export { debuglog, deprecate, promisify };

useFormat(format);

function inherits(constructor: unknown, superConstructor: unknown): void {
  if (typeof constructor !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('ctor', 'Function', constructor);
  }
  if (superConstructor === undefined || superConstructor === null) {
    throw new ERR_INVALID_ARG_TYPE('superCtor', 'Function', superConstructor);
  }
  const { prototype } = superConstructor as { prototype?: object };
  if (prototype === undefined) {
    throw new ERR_INVALID_ARG_TYPE('superCtor.prototype', 'Object', prototype);
  }
  Object.defineProperty(constructor, 'super_', {
    value: superConstructor,
    writable: true,
    configurable: true,
  });
  Object.setPrototypeOf(constructor.prototype, prototype);
}

function extend(target: object, source: unknown): object {
  return typeof source === 'object' && source !== null ? Object.assign(target, source) : target;
}

/** A promise for the abort of a signal; Node lets the resource die first, which nobody could see here. */
async function aborted(signal: unknown, resource: unknown): Promise<unknown> {
  if (signal === undefined) {
    throw errorWithCode('ERR_INVALID_ARG_TYPE', 'signal is not of type AbortSignal.', TypeError);
  }
  validateAbortSignal(signal, 'signal');
  if (resource === null || (typeof resource !== 'object' && typeof resource !== 'function')) {
    throw new ERR_INVALID_ARG_TYPE('resource', 'object', resource);
  }
  if ((signal as { aborted: boolean }).aborted) return undefined;
  return await new Promise<unknown>((resolve) => {
    addAbortListener(signal, resolve);
  });
}

function isArray(value: unknown): boolean {
  return Array.isArray(value);
}

const globals = globalThis as unknown as Record<string, unknown>;
const logger = Object.assign(debuglog, {});

export const builtin: object = Object.defineProperties(
  {},
  Object.getOwnPropertyDescriptors({
    _errnoException: errnoException,
    _exceptionWithHostPort: exceptionWithHostPort,
    _extend: deprecate(
      extend as never,
      'The `util._extend` API is deprecated. Please use Object.assign() instead.',
      'DEP0060',
    ),
    callbackify,
    convertProcessSignalToExitCode,
    debug: logger,
    debuglog: logger,
    deprecate,
    format,
    styleText: makeStyleText(
      (inspect as unknown as { colors: Record<string, [number, number]> }).colors,
    ),
    formatWithOptions,
    getCallSites,
    getSystemErrorMap,
    getSystemErrorName,
    getSystemErrorMessage,
    inherits,
    inspect,
    isArray: deprecate(
      isArray,
      'The `util.isArray` API is deprecated. Please use `Array.isArray()` instead.',
      'DEP0044',
    ),
    isDeepStrictEqual: (a: unknown, b: unknown) => isDeepEqual(a, b),
    promisify,
    stripVTControlCharacters: (text: unknown) => {
      validateString(text, 'str');
      return stripVTControlCharacters(text);
    },
    toUSVString: (text: unknown) => String(text).toWellFormed(),
    transferableAbortSignal: (signal: unknown) => {
      if (signal === undefined) throw new ERR_INVALID_ARG_TYPE('signal', 'AbortSignal', signal);
      validateAbortSignal(signal, 'signal');
      return signal;
    },
    transferableAbortController: () => new (globals['AbortController'] as new () => object)(),
    aborted,
    types,
    parseEnv: (text: unknown) => {
      validateString(text, 'content');
      return parseDotEnv(text);
    },
    parseArgs,
    get TextDecoder(): unknown {
      return globals['TextDecoder'];
    },
    get TextEncoder(): unknown {
      return globals['TextEncoder'];
    },
    MIMEType,
    MIMEParams,
    diff,
    setTraceSigInt: () => {
      throw notOffered('util.setTraceSigInt()', 'no signal reaches a function');
    },
  }),
);
