import type { StartMessage } from '../wire/messages.ts';
import { runtimeFailure } from './failure.ts';
import type { Handler } from './handler.ts';
import { ArrayJoin, StringLastIndexOf, StringSlice } from './primordials.ts';
import { streamingMarker } from './streaming-markers.ts';

/** A handler, or the failure that says why there is none. */
export type FoundHandler =
  | { readonly handler: Handler; readonly failure: undefined }
  | { readonly handler: undefined; readonly failure: string };

/** Looks the handler up in what its module exports, by the rules of AWS's client. */
export function findHandler(message: StartMessage, exported: unknown): FoundHandler {
  const found = lookUpWithDefault(message.exportPath, exported);
  if (typeof found !== 'function') return noHandler(message, found);
  const handler = found as Handler;
  const streaming = (handler as unknown as Record<symbol, unknown>)[streamingMarker];
  if (streaming === 'response') return { handler, failure: undefined };
  if (streaming) {
    const reason = 'Only response streaming is supported.';
    return {
      handler: undefined,
      failure: runtimeFailure('Runtime.MalformedStreamingHandler', reason),
    };
  }
  if (message.runtime === 'nodejs22.x' || handler.length < 3) {
    return { handler, failure: undefined };
  }
  return {
    handler: undefined,
    failure: runtimeFailure('Runtime.CallbackHandlerDeprecated', callbackDeprecated),
  };
}

const callbackDeprecated =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later.';

function noHandler(message: StartMessage, found: unknown): FoundHandler {
  const name = handlerName(message);
  const reason =
    found === undefined || found === null
      ? `${name} is undefined or not exported`
      : `${name} is not a function`;
  return { handler: undefined, failure: runtimeFailure('Runtime.HandlerNotFound', reason) };
}

/** A dotted path in the exports, then in `exports.default`. */
function lookUpWithDefault(path: readonly string[], exported: unknown): unknown {
  const direct = lookUp(exported, path);
  if (direct !== undefined) return direct;
  return lookUp((exported as { default?: unknown } | null | undefined)?.default, path);
}

function lookUp(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (let index = 0; index < path.length; index += 1) {
    if (value === undefined || value === null) return undefined;
    value = (value as Record<string, unknown>)[path[index] ?? ''];
  }
  return value;
}

function handlerName(message: StartMessage): string {
  const file = StringSlice(message.entryPath, StringLastIndexOf(message.entryPath, '/') + 1);
  const dot = StringLastIndexOf(file, '.');
  const stem = dot > 0 ? StringSlice(file, 0, dot) : file;
  return `${stem}.${ArrayJoin([...message.exportPath], '.')}`;
}
