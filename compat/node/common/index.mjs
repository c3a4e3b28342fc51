import common from './index.js';

export const {
  mustCall,
  mustCallAtLeast,
  mustSucceed,
  mustNotCall,
  mustNotMutateObjectDeep,
  expectsError,
  expectWarning,
  invalidArgTypeHelper,
  getArrayBufferViews,
  getBufferSources,
  skip,
  skipIf,
  platformTimeout,
  hasCrypto,
  hasIntl,
  isDebug,
  isWindows,
  isMainThread,
  isInsideDirWithUnusualChars,
} = common;
export default common;
