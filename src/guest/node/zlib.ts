import { defineLazyExport } from '../cores/lazy-export.ts';
import { part } from '../parts.ts';
import { codes, constants } from './internal/zlib/constants.ts';
import { kinds, type ZlibOptions } from './internal/zlib/options.ts';

/**
 * `node:zlib`: the libraries run on the host (src/host/zlib/), chunk by chunk; small data in one call.
 * https://nodejs.org/docs/latest-v24.x/api/zlib.html
 */
const oneShot = () =>
  part('node/internal/zlib/one-shot') as typeof import('./internal/zlib/one-shot.ts');
const streams = () =>
  part('node/internal/zlib/streams') as typeof import('./internal/zlib/streams.ts');

export const builtin: Record<string, unknown> = {
  crc32: (data: unknown, value?: unknown) =>
    (part('node/internal/zlib/crc32') as typeof import('./internal/zlib/crc32.ts')).crc32(
      data,
      value,
    ),
};

for (const kind of kinds) {
  const name = `${(kind[0] ?? '').toUpperCase()}${kind.slice(1)}`;
  // The classes are streams: they load node:stream when one of them is touched.
  defineLazyExport(builtin, name, () => streams().classes[kind]);
  builtin[kind] = named(kind, (buffer: unknown, options: unknown, callback?: unknown) => {
    oneShot().compressLater(kind, buffer, options, callback);
  });
  builtin[`${kind}Sync`] = named(`${kind}Sync`, (buffer: unknown, options?: ZlibOptions) =>
    oneShot().compressSync(kind, buffer, options),
  );
  builtin[`create${name}`] = named(
    `create${name}`,
    (options?: ZlibOptions) => new (streams().classes[kind])(options),
  );
}
for (const [name, value] of Object.entries({ constants, codes })) {
  Object.defineProperty(builtin, name, { value, enumerable: true, configurable: false });
}
// Since ever also on the module itself, where nobody lists them.
for (const [name, value] of Object.entries(constants)) {
  if (name.startsWith('BROTLI') || name.startsWith('ZSTD')) continue;
  Object.defineProperty(builtin, name, { value, enumerable: false, configurable: false });
}

function named<Made>(name: string, make: Made): Made {
  return Object.defineProperty(make as object, 'name', { value: name }) as Made;
}
