import { randomUUID } from 'node:crypto';
import { sameAsNode } from './node-table.ts';

/** A folder that neither world has yet; each expression makes one of its own below it. */
const root = `/tmp/isolambda-${randomUUID()}`;

const wrap = (body: string): string => `await (async () => {
  const fs = require('fs');
  const path = (name) => '${root}/' + name;
  const said = (error) => error && [error.message, error.code, error.syscall, error.errno];
  const thrown = (run) => { try { return run(); } catch (error) { return said(error); } };
  const rejected = (promise) => promise.then((value) => value, said);
  const called = (name, ...args) => new Promise((resolve) => {
    fs[name](...args, (error, ...values) => resolve(error ? said(error) : values));
  });
  fs.rmSync('${root}', { recursive: true, force: true });
  fs.mkdirSync('${root}');
  try { return await (async () => { ${body} })(); }
  finally { fs.rmSync('${root}', { recursive: true, force: true }); }
})()`;

const same = (title: string, bodies: readonly string[]): void =>
  sameAsNode(title, bodies.map(wrap));

same('files', [
  `fs.writeFileSync(path('a'), 'héllo'); return fs.readFileSync(path('a'), 'utf8');`,
  `fs.writeFileSync(path('a'), Buffer.from([1, 2, 255])); return [...fs.readFileSync(path('a'))];`,
  `fs.writeFileSync(path('a'), '68656c6c6f', 'hex'); return fs.readFileSync(path('a'), { encoding: 'base64' });`,
  `fs.writeFileSync(path('a'), new Uint16Array([258])); return fs.readFileSync(path('a'), 'latin1');`,
  `fs.writeFileSync(path('a'), 'x'); fs.appendFileSync(path('a'), 'y'); return fs.readFileSync(path('a'), 'utf8');`,
  `fs.writeFileSync(path('a'), 'x', { flag: 'a' }); fs.writeFileSync(path('a'), 'y', { flag: 'a' }); return fs.readFileSync(path('a'), 'utf8');`,
  `fs.writeFileSync(path('a'), 'x'); return thrown(() => fs.writeFileSync(path('a'), 'y', { flag: 'wx' }));`,
  `return thrown(() => fs.readFileSync(path('none')));`,
  `return thrown(() => fs.readFileSync('${root}'));`,
  `return thrown(() => fs.writeFileSync('${root}', 'x'));`,
  `return thrown(() => fs.readFileSync(path('a'), 'nonsense'));`,
  `return thrown(() => fs.readFileSync());`,
  `return thrown(() => fs.readFileSync(path('a\\0b')));`,
  `return thrown(() => fs.writeFileSync(path('a'), 5));`,
  `return thrown(() => fs.writeFileSync(path('a'), {}));`,
  `return thrown(() => fs.readFile(path('a')));`,
  `fs.writeFileSync(path('a'), 'x'); return called('readFile', path('a'), 'utf8');`,
  `return called('readFile', path('none'));`,
  `return [await called('writeFile', path('a'), 'x'), await called('appendFile', path('a'), 'y'), fs.readFileSync(path('a'), 'utf8')];`,
  `await fs.promises.writeFile(path('a'), 'x'); return fs.promises.readFile(path('a'), 'utf8');`,
  `return rejected(fs.promises.readFile(path('none')));`,
  `return rejected(fs.promises.readFile());`,
  `await fs.promises.writeFile(path('a'), (function* () { yield 'a'; yield 'b'; })()); return fs.readFileSync(path('a'), 'utf8');`,
  `const big = Buffer.alloc(9_000_000, 'abc'); fs.writeFileSync(path('a'), big); return fs.readFileSync(path('a')).equals(big);`,
  `const big = Buffer.alloc(9_000_000, 'abc'); await fs.promises.writeFile(path('a'), big); return (await fs.promises.readFile(path('a'))).equals(big);`,
  `const signal = AbortSignal.abort(); return rejected(fs.promises.readFile(path('a'), { signal })).then(([message, code]) => [message, code]);`,
  `fs.writeFileSync(Buffer.from(path('a')), 'x'); return fs.readFileSync(new URL('file://' + path('a')), 'utf8');`,
  `return thrown(() => fs.readFileSync(new URL('http://x/y')));`,
  `const order = []; const read = new Promise((resolve) => fs.readFile(path('none'), () => { order.push('called'); resolve(); })); order.push('returned'); await read; return order;`,
]);

same('descriptors', [
  `const fd = fs.openSync(path('a'), 'w+'); const written = fs.writeSync(fd, 'hello'); const b = Buffer.alloc(10);
   const read = fs.readSync(fd, b, 0, 10, 0); fs.closeSync(fd); return [typeof fd, written, read, b.toString('utf8', 0, read)];`,
  `fs.writeFileSync(path('a'), 'abcdef'); const fd = fs.openSync(path('a')); const b = Buffer.alloc(2);
   const parts = []; while (fs.readSync(fd, b) > 0) parts.push(b.toString()); fs.closeSync(fd); return parts;`,
  `fs.writeFileSync(path('a'), 'abcdef'); const fd = fs.openSync(path('a'), 'r+'); fs.writeSync(fd, Buffer.from('XYZ'), 1, 2, 3);
   fs.closeSync(fd); return fs.readFileSync(path('a'), 'utf8');`,
  `fs.writeFileSync(path('a'), 'abcdef'); const fd = fs.openSync(path('a')); const b = Buffer.alloc(3);
   const [n] = await called('read', fd, { buffer: b, position: 2 }); fs.closeSync(fd); return [n, b.toString()];`,
  `const fd = fs.openSync(path('a'), 'w'); fs.writeSync(fd, 'abc', 2, 'utf8'); fs.writevSync(fd, [Buffer.from('x'), Buffer.from('yz')]); fs.closeSync(fd); return fs.readFileSync(path('a'), 'utf8');`,
  `fs.writeFileSync(path('a'), 'abcdef'); const fd = fs.openSync(path('a')); const [x, y] = [Buffer.alloc(4), Buffer.alloc(4)];
   const n = fs.readvSync(fd, [x, y]); fs.closeSync(fd); return [n, x.toString(), y.toString('utf8', 0, 2)];`,
  `fs.writeFileSync(path('a'), 'abcdef'); fs.truncateSync(path('a'), 3); return fs.readFileSync(path('a'), 'utf8');`,
  `fs.writeFileSync(path('a'), 'abc'); fs.truncateSync(path('a'), 5); return [...fs.readFileSync(path('a'))];`,
  `const fd = fs.openSync(path('a'), 'w'); fs.ftruncateSync(fd, 4); fs.fsyncSync(fd); fs.fdatasyncSync(fd); const { size } = fs.fstatSync(fd); fs.closeSync(fd); return size;`,
  `return thrown(() => fs.closeSync(9999));`,
  `return thrown(() => fs.readSync(9999, Buffer.alloc(1)));`,
  `return thrown(() => fs.closeSync('x'));`,
  `return thrown(() => fs.closeSync(-1));`,
  `return thrown(() => fs.openSync(path('a'), 'rw'));`,
  `return thrown(() => fs.openSync(path('a'), 'r', 'xyz'));`,
  `const fd = fs.openSync(path('a'), 'w'); const result = [thrown(() => fs.readSync(fd, Buffer.alloc(1))), thrown(() => fs.readSync(fd, Buffer.alloc(0)))]; fs.closeSync(fd); return result;`,
  `const fd = fs.openSync(path('a'), 'w+'); const result = [
     thrown(() => fs.readSync(fd, Buffer.alloc(3), 4)), thrown(() => fs.readSync(fd, Buffer.alloc(3), 0, 4)),
     thrown(() => fs.readSync(fd, Buffer.alloc(3), -1)), thrown(() => fs.readSync(fd, 'x')),
     thrown(() => fs.writeSync(fd, Buffer.alloc(3), 4)), thrown(() => fs.writeSync(fd, Buffer.alloc(3), 0, 4)), thrown(() => fs.writeSync(fd, {}))];
   fs.closeSync(fd); return result;`,
  `const fd = fs.openSync(path('a'), 'a+'); const w = await called('write', fd, 'abc'); const b = Buffer.alloc(3);
   const r = await called('read', fd, b, 0, 3, 0); fs.closeSync(fd); return [w, r[0], r[1] === b, b.toString()];`,
  `const { promisify } = require('util'); const fd = fs.openSync(path('a'), 'a+'); const w = await promisify(fs.write)(fd, 'abc');
   const r = await promisify(fs.read)(fd, Buffer.alloc(3), 0, 3, 0); fs.closeSync(fd); return [w.bytesWritten, r.bytesRead, r.buffer.toString()];`,
  `const { promisify } = require('util'); return [await promisify(fs.exists)(path('none')), await promisify(fs.exists)('${root}')];`,
]);

same('FileHandle', [
  `const handle = await fs.promises.open(path('a'), 'w+'); await handle.write('abc'); await handle.appendFile('d'); const { bytesRead, buffer } = await handle.read({ position: 0, length: 4 });
   const { size } = await handle.stat(); await handle.close(); return [bytesRead, buffer.toString('utf8', 0, 4), size, handle.fd];`,
  `const handle = await fs.promises.open(path('a'), 'w'); await handle.close(); await handle.close(); return rejected(handle.stat()).then((said) => said.slice(0, 3));`,
  `const handle = await fs.promises.open(path('a'), 'w+'); await handle.writeFile('abcdef'); await handle.truncate(4); await handle.sync(); await handle.datasync(); await handle.chmod(0o600); await handle.utimes(1, 2);
   const text = await fs.promises.readFile(path('a'), 'utf8'); const stats = await handle.stat(); await handle.close(); return [text, stats.mtimeMs, stats.mode];`,
  `let closed = 0; { const handle = await fs.promises.open(path('a'), 'w'); handle.on('close', () => { closed += 1; }); await handle[Symbol.asyncDispose](); } return closed;`,
  `await fs.promises.writeFile(path('a'), 'abcdef'); const handle = await fs.promises.open(path('a')); const chunks = [];
   for await (const chunk of handle.createReadStream({ start: 1, end: 3, encoding: 'utf8' })) chunks.push(chunk); return [chunks, handle.fd];`,
  `const handle = await fs.promises.open(path('a'), 'w+'); const a = await handle.writev([Buffer.from('ab'), Buffer.from('c')]); const b = await handle.readv([Buffer.alloc(2)], 0); await handle.close(); return [a.bytesWritten, b.bytesRead, b.buffers[0].toString()];`,
  `fs.writeFileSync(path('a'), 'x'.repeat(40_000)); const handle = await fs.promises.open(path('a')); let bytes = 0; for await (const chunk of handle.readableWebStream()) bytes += chunk.byteLength; await handle.close(); return bytes;`,
  `return rejected(fs.promises.open(path('none')));`,
]);

same('stat', [
  `fs.writeFileSync(path('a'), 'abc', { mode: 0o640 }); const s = fs.statSync(path('a')); return [s.size, s.mode, s.nlink, s.isFile(), s.isDirectory(), s.isSymbolicLink(), s.isFIFO(), s.isSocket(), s.isBlockDevice(), s.isCharacterDevice(), s.blksize];`,
  `fs.writeFileSync(path('a'), 'abc'); fs.utimesSync(path('a'), 1.5, new Date(2500)); const s = fs.statSync(path('a')); return [s.atimeMs, s.mtimeMs, s.atime.toISOString(), s.mtime instanceof Date];`,
  `fs.writeFileSync(path('a'), 'abc'); fs.utimesSync(path('a'), '1', 2); const s = fs.statSync(path('a'), { bigint: true }); return [typeof s.size, String(s.size), String(s.mtimeMs), String(s.mtimeNs), s.isFile()];`,
  `return Object.keys(fs.statSync('${root}'));`,
  `return Object.keys(fs.statSync('${root}', { bigint: true }));`,
  `return [fs.statSync(path('none'), { throwIfNoEntry: false }) === undefined, thrown(() => fs.statSync(path('none'))), thrown(() => fs.lstatSync(path('none')))];`,
  `fs.writeFileSync(path('a'), ''); return thrown(() => fs.statSync(path('a/b'), { throwIfNoEntry: false })) === undefined;`,
  `return [fs.existsSync(path('none')), fs.existsSync('${root}'), fs.existsSync(), fs.existsSync('')];`,
  `fs.writeFileSync(path('a'), ''); return [thrown(() => fs.accessSync(path('a'), fs.constants.R_OK)), thrown(() => fs.accessSync(path('none'))), thrown(() => fs.accessSync(path('a'), 9))];`,
  `return called('stat', path('none'));`,
  `return (await called('stat', '${root}')).map((s) => s.isDirectory());`,
  `return (await fs.promises.stat('${root}')).isDirectory();`,
  `return Object.keys(fs.statfsSync('${root}'));`,
  `return thrown(() => fs.utimesSync(path('none'), 'x', 1));`,
  `fs.writeFileSync(path('a'), ''); fs.chmodSync(path('a'), '600'); return [fs.statSync(path('a')).mode, thrown(() => fs.chmodSync(path('a'), '9')), thrown(() => fs.chmodSync(path('a'))), thrown(() => fs.chmodSync(path('none'), 0o600))];`,
]);

same('names', [
  `return [fs.mkdirSync(path('d')), thrown(() => fs.mkdirSync(path('d'))), thrown(() => fs.mkdirSync(path('x/y')))];`,
  `return [fs.mkdirSync(path('d/e/f'), { recursive: true }), fs.mkdirSync(path('d/e/f'), { recursive: true }) === undefined];`,
  `fs.writeFileSync(path('a'), ''); return [thrown(() => fs.mkdirSync(path('a'), { recursive: true })), thrown(() => fs.mkdirSync(path('a/b/c'), { recursive: true })), thrown(() => fs.mkdirSync(path('b'), { recursive: 1 }))];`,
  `return [await called('mkdir', path('d/e'), { recursive: true }), await called('mkdir', path('d'))];`,
  `const made = fs.mkdtempSync(path('t-')); return [made.startsWith(path('t-')), made.length - path('t-').length, fs.statSync(made).mode];`,
  `return thrown(() => fs.mkdtempSync(path('none/t-')));`,
  `for (const n of ['b', 'a', 'c']) fs.writeFileSync(path(n), ''); return [fs.readdirSync('${root}'), fs.readdirSync('${root}', 'buffer').map(String)];`,
  `fs.mkdirSync(path('d')); fs.symlinkSync('d', path('l')); fs.writeFileSync(path('a'), ''); return fs.readdirSync('${root}', { withFileTypes: true }).map((e) => [e.name, e.parentPath, e.isFile(), e.isDirectory(), e.isSymbolicLink()]);`,
  `fs.mkdirSync(path('d/e'), { recursive: true }); fs.writeFileSync(path('d/e/x'), ''); fs.writeFileSync(path('z'), ''); return [fs.readdirSync('${root}', { recursive: true }), fs.readdirSync('${root}', { recursive: true, withFileTypes: true }).map((e) => e.parentPath + '|' + e.name)];`,
  `return [thrown(() => fs.readdirSync(path('none'))), await called('readdir', path('none')), await rejected(fs.promises.readdir(path('none')))];`,
  `fs.writeFileSync(path('a'), 'x'); fs.symlinkSync('a', path('l')); return [fs.readlinkSync(path('l')), fs.realpathSync(path('l')), fs.realpathSync.native(path('l')), fs.lstatSync(path('l')).isSymbolicLink(), fs.readFileSync(path('l'), 'utf8')];`,
  `return [thrown(() => fs.realpathSync(path('none/x'))), thrown(() => fs.realpathSync.native(path('none/x'))), await rejected(fs.promises.realpath(path('none'))), thrown(() => fs.readlinkSync('${root}'))];`,
  `fs.writeFileSync(path('a'), 'x'); fs.linkSync(path('a'), path('b')); return [fs.statSync(path('b')).nlink, thrown(() => fs.linkSync(path('a'), path('b'))), thrown(() => fs.linkSync('${root}', path('c')))];`,
  `fs.writeFileSync(path('a'), 'x'); fs.renameSync(path('a'), path('b')); return [fs.readdirSync('${root}'), thrown(() => fs.renameSync(path('a'), path('c')))];`,
  `fs.writeFileSync(path('a'), 'x'); fs.unlinkSync(path('a')); return [fs.existsSync(path('a')), thrown(() => fs.unlinkSync(path('a'))), thrown(() => fs.unlinkSync('${root}'))];`,
  `fs.mkdirSync(path('d')); fs.writeFileSync(path('d/a'), ''); return [thrown(() => fs.rmdirSync(path('d'))), thrown(() => fs.rmdirSync(path('d/a'))), thrown(() => fs.rmSync(path('d'))), fs.rmSync(path('d'), { recursive: true }) === undefined, fs.readdirSync('${root}')];`,
  `return [thrown(() => fs.rmSync(path('none'))), thrown(() => fs.rmSync(path('none'), { force: true })) === undefined, await rejected(fs.promises.rm(path('none'))), await called('rm', path('none'), { force: true })];`,
  `fs.writeFileSync(path('a'), 'x'); fs.copyFileSync(path('a'), path('b')); return [fs.readFileSync(path('b'), 'utf8'), thrown(() => fs.copyFileSync(path('a'), path('b'), fs.constants.COPYFILE_EXCL)), thrown(() => fs.copyFileSync(path('none'), path('c')))];`,
  `fs.mkdirSync(path('d/e'), { recursive: true }); fs.writeFileSync(path('d/e/x'), '1'); fs.symlinkSync('e', path('d/l')); fs.cpSync(path('d'), path('copy'), { recursive: true });
   return [fs.readdirSync(path('copy'), { recursive: true }), fs.readFileSync(path('copy/e/x'), 'utf8'), thrown(() => fs.cpSync(path('d'), path('c2')))[1]];`,
  `fs.mkdirSync(path('d')); for (const n of ['a.js', 'b.ts']) fs.writeFileSync(path('d/' + n), ''); await fs.promises.cp(path('d'), path('c'), { recursive: true, filter: async (from) => !from.endsWith('.ts') }); return fs.readdirSync(path('c'));`,
  `fs.mkdirSync(path('d/e'), { recursive: true }); for (const n of ['a.js', 'd/b.js', 'd/e/c.js', 'd/x.ts']) fs.writeFileSync(path(n), '');
   return [fs.globSync('**/*.js', { cwd: '${root}' }).sort(), fs.globSync('*.{js,ts}', { cwd: path('d') }).sort(), fs.globSync('d/[x-z].?s', { cwd: '${root}' })];`,
  `for (const n of ['b', 'a']) fs.writeFileSync(path(n), ''); const dir = fs.opendirSync('${root}'); const names = []; for (let e = dir.readSync(); e; e = dir.readSync()) names.push(e.name); dir.closeSync(); return [dir.path, names.sort(), thrown(() => dir.readSync()).slice(0, 2)];`,
  `for (const n of ['b', 'a']) fs.writeFileSync(path(n), ''); const names = []; for await (const e of await fs.promises.opendir('${root}')) names.push(e.name); return names.sort();`,
  `const [dir] = await called('opendir', '${root}'); const read = await dir.read(); await dir.close(); return read;`,
]);

same('streams', [
  `const { pipeline } = require('stream/promises'); const { Readable } = require('stream'); await pipeline(Readable.from(['a', 'b', 'c']), fs.createWriteStream(path('a'))); return fs.readFileSync(path('a'), 'utf8');`,
  `fs.writeFileSync(path('a'), 'x'.repeat(200_000)); const sizes = []; for await (const chunk of fs.createReadStream(path('a'))) sizes.push(chunk.length); return sizes;`,
  `fs.writeFileSync(path('a'), 'abcdef'); const parts = []; for await (const chunk of fs.createReadStream(path('a'), { start: 1, end: 4, highWaterMark: 2, encoding: 'utf8' })) parts.push(chunk); return parts;`,
  `const stream = fs.createReadStream(path('none')); const pending = stream.pending; const [error] = await require('events').once(stream, 'error').catch((e) => [e]); return [pending, said(error), stream.path === path('none'), stream.flags];`,
  `const stream = fs.createWriteStream(path('a'), { flags: 'a' }); const events = []; for (const n of ['open', 'ready', 'finish', 'close']) stream.on(n, () => events.push(n)); stream.write('a'); stream.end('b'); await new Promise((r) => stream.on('close', r)); return [events, stream.bytesWritten, fs.readFileSync(path('a'), 'utf8')];`,
  `fs.writeFileSync(path('a'), 'abcdef'); const stream = fs.createWriteStream(path('a'), { flags: 'r+', start: 2 }); stream.end('XY'); await new Promise((r) => stream.on('close', r)); return fs.readFileSync(path('a'), 'utf8');`,
  `fs.writeFileSync(path('a'), 'abc'); const fd = fs.openSync(path('a')); const stream = fs.createReadStream(null, { fd, autoClose: false }); let text = ''; for await (const c of stream) text += c; const open = thrown(() => fs.fstatSync(fd).size); fs.closeSync(fd); return [text, open];`,
  `return [thrown(() => fs.createReadStream(path('a'), { start: 5, end: 2 })), thrown(() => fs.createReadStream(5)), thrown(() => fs.createWriteStream(path('a'), { start: 'x' }))];`,
  `const w = fs.createWriteStream(path('a')); w.on('open', () => { w.write('hello'); process.nextTick(() => { w.write('world'); w.end(); }); }); await new Promise((r) => w.on('close', r)); return fs.readFileSync(path('a'), 'utf8');`,
  `const Old = fs.ReadStream; fs.writeFileSync(path('a'), 'abc'); const stream = Old(path('a'), 'utf8'); let text = ''; for await (const c of stream) text += c; return [text, stream instanceof fs.ReadStream, stream.bytesRead];`,
]);

same('the module', [
  `return [fs.promises === require('fs/promises'), fs.promises === require('node:fs/promises'), fs.promises.constants === fs.constants];`,
  `return [fs.F_OK, fs.R_OK, fs.W_OK, fs.X_OK, fs.constants.O_CREAT, fs.constants.COPYFILE_EXCL, fs.constants.S_IFMT];`,
  `const ours = ['Utf8Stream', '_toUnixTimestamp']; return Object.keys(fs).filter((name) => !ours.includes(name)).sort();`,
  `return Object.keys(fs.promises).sort();`,
  `return [fs.readFile.name, fs.statSync.name, fs.createReadStream.name];`,
]);
