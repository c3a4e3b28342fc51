import { constants as fsConstants } from '../cores/fs/constants.ts';
import { constants as cryptoConstants } from './internal/crypto/constants.ts';
import { dlopen, errno, priority, signals } from './internal/os-constants.ts';

/** `node:constants`, deprecated: those of os, fs and crypto on one heap. */
export const builtin: Record<string, number | string> = {
  ...dlopen,
  ...errno,
  ...priority,
  ...signals,
  ...fsConstants,
  UV_FS_O_TEMPORARY: 0,
  UV_FS_O_SHORT_LIVED: 0,
  UV_FS_O_SEQUENTIAL: 0,
  UV_FS_O_RANDOM: 0,
  ...cryptoConstants,
};
delete builtin['defaultCipherList'];
