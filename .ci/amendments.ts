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

const webStreams = /web-streams-polyfill\/dist\/ponyfill\.mjs$/;
const urlPattern = /urlpattern-polyfill\/dist\/urlpattern\.js$/;

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
  // The rest is of URLPattern as the standard has it now, and Node: regular expressions with the flag v,
  // names beyond the basic plane, hosts and ports as far as the URL parser reads them.
  { file: urlPattern, from: 'e.ignoreCase?"ui":"u"', to: 'e.ignoreCase?"vi":"v"' },
  {
    file: urlPattern,
    from: 'let i=e.substr(s,1);if(s===n+1&&Re.test(i)||s!==n+1&&Ee.test(i)){f+=e[s++];continue}',
    to: 'let i=String.fromCodePoint(e.codePointAt(s));if(s===n+1&&Re.test(i)||s!==n+1&&Ee.test(i)){f+=i,s+=i.length;continue}',
  },
  {
    file: urlPattern,
    from:
      "if(/[\\t\\n\\r #%/:<>?@[\\]^\\\\|]/g.test(e))throw new TypeError(`Invalid hostname '${e}'`);" +
      'let t=new URL("https://example.com");return t.hostname=e,t.hostname',
    to:
      'let t=new URL("https://unset.test");t.hostname=e;' +
      'if(t.hostname==="unset.test"&&e!=="unset.test")throw new TypeError(`Invalid hostname \'${e}\'`);' +
      'return t.hostname',
  },
  {
    file: urlPattern,
    from: 'if(e===""||/^[0-9]*$/.test(e)&&parseInt(e)<=65535)return e;',
    to:
      'if(e==="")return e;let t=/^[0-9]+/.exec(e.replace(/[\\t\\n\\r]/g,""));' +
      'if(t&&parseInt(t[0])<=65535)return String(parseInt(t[0]));',
  },
  // Streams tell who waits for their end: `finished` and `pipeline` of node:stream (web/streams.ts).
  {
    file: webStreams,
    from: 'e._state="closed";const t=e._writer;',
    to: 'e._state="closed",e._ending?.resolve();const t=e._writer;',
  },
  {
    file: webStreams,
    from: 'e._state="closed";const t=e._reader;',
    to: 'e._state="closed",e._ending?.resolve();const t=e._reader;',
  },
  {
    file: webStreams,
    from: 'e._state="errored",e._writableStreamController',
    to: 'e._state="errored",e._ending?.reject(e._storedError),e._writableStreamController',
  },
  {
    file: webStreams,
    from: 'e._state="errored",e._storedError=t;',
    to: 'e._state="errored",e._storedError=t,e._ending?.reject(t);',
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
export const amendedFiles: RegExp =
  /(readable-stream|urlpattern-polyfill|web-streams-polyfill)[\\/].*\.m?js$/;
