import { errorWithCode } from './internal/errors.ts';

function noAssets(): never {
  throw errorWithCode(
    'ERR_NOT_IN_SINGLE_EXECUTABLE_APPLICATION',
    'Operation cannot be invoked when not in a single-executable application',
  );
}

export const builtin = {
  isSea: (): boolean => false,
  getAsset: noAssets,
  getRawAsset: noAssets,
  getAssetAsBlob: noAssets,
  getAssetKeys: noAssets,
};
