import { ERR_INVALID_ARG_TYPE } from './internal/errors.ts';
import { refusals } from './internal/refusals.ts';

const why = 'isolates cannot make contexts inside of themselves';

/** No context has been made, so no object is one. */
function isContext(object: unknown): boolean {
  if (typeof object !== 'object' || object === null) {
    throw new ERR_INVALID_ARG_TYPE('object', 'Object', object);
  }
  return false;
}

export const builtin = {
  ...refusals(
    'vm',
    'Script createContext createScript runInContext runInNewContext runInThisContext',
    why,
  ),
  isContext,
  ...refusals('vm', 'compileFunction measureMemory', why),
  constants: {
    USE_MAIN_CONTEXT_DEFAULT_LOADER: Symbol('vm_dynamic_import_main_context_default'),
    DONT_CONTEXTIFY: Symbol('vm_context_no_contextify'),
  },
};
