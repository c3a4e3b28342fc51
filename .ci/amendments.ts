/**
 * Where a package that goes into the guest is behind the Node whose tests it must pass: texts in its files,
 * each with what takes its place. A text that is no longer there stops the build.
 */
interface Amendment {
  readonly file: RegExp;
  readonly from: string;
  readonly to: string;
}

const defaultEncoding = {
  from: "this.defaultEncoding = (options && options.defaultEncoding) || 'utf8'",
  to: `this.defaultEncoding = (options && options.defaultEncoding) || 'utf8'
  if (!require('buffer').Buffer.isEncoding(this.defaultEncoding)) {
    throw new (require('../../ours/errors').codes.ERR_UNKNOWN_ENCODING)(this.defaultEncoding)
  }`,
};

const amendments: readonly Amendment[] = [
  { file: /readable-stream\/lib\/internal\/streams\/readable\.js$/, ...defaultEncoding },
  { file: /readable-stream\/lib\/internal\/streams\/writable\.js$/, ...defaultEncoding },
  {
    // Callbacks of `end` get null where there is no error.
    file: /readable-stream\/lib\/internal\/streams\/writable\.js$/,
    from: 'onfinishCallbacks[i]()',
    to: 'onfinishCallbacks[i](null)',
  },
  {
    // What the destination does not take is its error, not the source's.
    file: /readable-stream\/lib\/internal\/streams\/readable\.js$/,
    from: `    const ret = dest.write(chunk)
    debug('dest.write', ret)
    if (ret === false) {
      pause()
    }`,
    to: `    try {
      if (dest.write(chunk) === false) pause()
    } catch (error) {
      dest.destroy(error)
    }`,
  },
];

/** The text of a package's file as the guest gets it, or undefined when it stays as it is. */
export function amended(file: string, text: string): string | undefined {
  const own = amendments.filter((amendment) => amendment.file.test(file));
  if (own.length === 0) return undefined;
  return own.reduce((current, { from, to }) => {
    if (!current.includes(from)) throw new Error(`build: ${file} no longer has "${from}"`);
    return current.replace(from, () => to);
  }, text);
}

/** Files that have amendments, for esbuild. */
export const amendedFiles: RegExp = /readable-stream[\\/]lib[\\/].*\.js$/;
