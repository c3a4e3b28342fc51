import { ERR_OUT_OF_RANGE } from '../../node/internal/errors.ts';
import { validateNumber } from '../../node/internal/validators.ts';

interface CallSite {
  getFunctionName(): string | null;
  getScriptNameOrSourceURL(): string | null;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
}

type Prepare = (error: Error, sites: CallSite[]) => unknown;

/** `util.getCallSites`: where this was called from, by V8's own trace. */
export function getCallSites(frameCount: unknown = 8): object[] {
  const count = typeof frameCount === 'object' ? 8 : frameCount;
  validateNumber(count, 'frameCount');
  if (!(count >= 1 && count <= 200)) {
    throw new ERR_OUT_OF_RANGE('frameCount', '>= 1 && <= 200', count);
  }
  const V8Error = Error as unknown as {
    prepareStackTrace?: Prepare | undefined;
    stackTraceLimit: number;
    captureStackTrace(target: object, above: unknown): void;
  };
  const { prepareStackTrace, stackTraceLimit } = V8Error;
  const target: { stack?: unknown } = {};
  try {
    V8Error.stackTraceLimit = count;
    V8Error.prepareStackTrace = (_, sites) => sites;
    V8Error.captureStackTrace(target, getCallSites);
    const sites = target.stack as CallSite[];
    return Array.isArray(sites) ? sites.map(describe) : [];
  } finally {
    V8Error.prepareStackTrace = prepareStackTrace;
    V8Error.stackTraceLimit = stackTraceLimit;
  }
}

function describe(site: CallSite): object {
  const scriptName = site.getScriptNameOrSourceURL() ?? '';
  const columnNumber = site.getColumnNumber() ?? 0;
  return {
    functionName: site.getFunctionName() ?? '',
    scriptId: '0',
    scriptName,
    lineNumber: site.getLineNumber() ?? 0,
    columnNumber,
    column: columnNumber,
  };
}
