import { describeFailure, runtimeFailure } from './failure.ts';
import { NativeError, NativeSyntaxError, ObjectHasOwn, StringOf } from './primordials.ts';

/** AWS names two kinds of load failure of its own. */
export function describeLoadFailure(error: unknown): string {
  if (error instanceof NativeSyntaxError) {
    return runtimeFailure(
      'Runtime.UserCodeSyntaxError',
      `${error.name}: ${StringOf(error.message)}`,
      error,
    );
  }
  if (error instanceof NativeError && ObjectHasOwn(error, 'code')) {
    const { code } = error as Error & { code: unknown };
    if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') {
      return runtimeFailure(
        'Runtime.ImportModuleError',
        `${error.name}: ${StringOf(error.message)}`,
        error,
      );
    }
  }
  return describeFailure(error);
}
