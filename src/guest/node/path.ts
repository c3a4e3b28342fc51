import { posix } from '../cores/path/posix.ts';
import { win32 } from '../cores/path/win32.ts';

/** Both kinds of paths, in plain JavaScript; the guest's own are POSIX. */
posix.posix = posix;
posix.win32 = win32;
win32.posix = posix;
win32.win32 = win32;
posix._makeLong = posix.toNamespacedPath;
win32._makeLong = win32.toNamespacedPath;

export const builtin: typeof posix = posix;
