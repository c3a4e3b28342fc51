import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { ca, cert, key } from '../../fixtures/tls.ts';
import { deploy, listen, run, useLambda } from './guest-fixture.ts';

useLambda();

const echo = () => createServer((socket) => socket.pipe(socket));

/** Tells the events of a socket in their order, then what came. */
const watch = `
  const watch = (socket) => new Promise((resolve) => {
    const events = [];
    let text = '';
    for (const name of ['lookup', 'connect', 'ready', 'secureConnect', 'end', 'finish', 'timeout'])
      socket.on(name, () => events.push(name));
    socket.on('error', (error) => events.push(error.code));
    socket.on('data', (chunk) => { text += chunk; });
    socket.on('close', (hadError) => resolve({ events, text, hadError }));
  });`;

describe('node:net', () => {
  test('a socket connects, talks and ends as in Node', async () => {
    const port = await listen(echo());
    const source = `${watch}
      const net = require('node:net');
      const socket = net.connect(event.port, 'localhost');
      const before = [socket.connecting, socket.readyState, socket.pending];
      socket.write('hello ');
      socket.end('world');
      return { before, ...(await watch(socket)), after: [socket.bytesRead, socket.bytesWritten, socket.destroyed] };`;
    expect(await run(source, { port })).toEqual({
      before: [true, 'opening', true],
      events: ['lookup', 'connect', 'ready', 'finish', 'end'],
      text: 'hello world',
      hadError: false,
      after: [11, 11, true],
    });
  });

  test('large data goes both ways in order', async () => {
    const port = await listen(echo());
    const source = `
      const socket = require('node:net').connect({ port: event.port, host: 'localhost' });
      const sent = Buffer.alloc(3_000_000, 'abcdefghijklm');
      socket.end(sent);
      const chunks = [];
      for await (const chunk of socket) chunks.push(chunk);
      return Buffer.concat(chunks).equals(sent);`;
    expect(await run(source, { port })).toBe(true);
  });

  test('a socket that is not read stops its sender', async () => {
    const { promise: sender, resolve } = Promise.withResolvers<Socket>();
    const port = await listen(createServer(resolve));
    const handler = await deploy(
      `
      if (event.port !== undefined) {
        globalThis.socket = require('node:net').connect(event.port, 'localhost');
        await new Promise((done) => socket.once('connect', done));
        return socket.pause().readableLength;
      }
      let length = 0;
      for await (const chunk of socket) length += chunk.length;
      return length;`,
    );
    await handler.call({ port });
    const socket = await sender;
    const size = 30_000_000;
    socket.end(Buffer.alloc(size));
    expect(socket.writableLength).toBeGreaterThan(0);
    expect(await handler.call({})).toBe(size);
  });

  test('a connection lives on in the next invocation, also in the newest runtime', async () => {
    const port = await listen(echo());
    for (const runtime of ['nodejs22.x', 'nodejs24.x'] as const) {
      const handler = await deploy(
        `
        globalThis.socket ??= require('node:net').connect(event.port, 'localhost');
        const answer = new Promise((done) => socket.once('data', (chunk) => done(String(chunk))));
        socket.write(event.text);
        return answer;`,
        { runtime },
      );
      expect(await handler.call({ port, text: 'one' })).toBe('one');
      expect(await handler.call({ port, text: 'two' })).toBe('two');
    }
  });

  test.each([
    { options: `{ port: event.port, host: '127.0.0.2' }`, code: 'EACCES' },
    { options: `{ port: 1, host: 'localhost' }`, code: 'ECONNREFUSED' },
    { options: `{ path: '/var/run/docker.sock' }`, code: 'EACCES' },
    { options: `{ port: event.port, host: 'localhost', localPort: 1 }`, code: 'EADDRNOTAVAIL' },
    {
      options: `{ port: event.port, host: 'x.example', lookup: (h, o, done) => done(null, '10.0.0.1', 4) }`,
      code: 'EACCES',
    },
  ])('$options ends in $code', async ({ options, code }) => {
    const port = await listen(echo());
    const source = `${watch} return watch(require('node:net').connect(${options}));`;
    expect(await run(source, { port })).toMatchObject({ events: [code], hadError: true });
  });

  test('a name that the program resolves itself is connected where it says', async () => {
    const port = await listen(echo());
    const source = `${watch}
      const lookup = (host, options, done) => done(null, '127.0.0.1', 4);
      const socket = require('node:net').connect({ port: event.port, host: 'db.internal', lookup });
      socket.end('hi');
      return watch(socket);`;
    expect(await run(source, { port })).toMatchObject({ text: 'hi', hadError: false });
  });

  test('idle sockets time out and stay open', async () => {
    const port = await listen(createServer());
    const source = `${watch}
      const socket = require('node:net').connect(event.port, 'localhost');
      socket.setTimeout(10, () => socket.destroy());
      return watch(socket);`;
    expect(await run(source, { port })).toMatchObject({
      events: expect.arrayContaining(['connect', 'timeout']),
      hadError: false,
    });
  });

  test.each([
    [`net.connect(70000)`, 'ERR_SOCKET_BAD_PORT'],
    [`net.connect({})`, 'ERR_MISSING_ARGS'],
    [`net.connect({ port: 1, host: 5 })`, 'ERR_INVALID_ARG_TYPE'],
    [`net.connect({ port: 1, lookup: 5 })`, 'ERR_INVALID_ARG_TYPE'],
    [`new net.Socket({ fd: 1 })`, 'EACCES'],
    [`new net.Socket().setTimeout('1')`, 'ERR_INVALID_ARG_TYPE'],
  ])('%s throws %s', async (call, code) => {
    const source = `const net = require('net'); try { ${call}; } catch (error) { return error.code; }`;
    expect(await run(source)).toBe(code);
  });

  test('a server cannot listen', async () => {
    const source = `
      const server = require('net').createServer();
      const error = await new Promise((done) => server.on('error', done).listen(3000));
      return [error.code, error.syscall, error.port, server.listening, server.address()];`;
    expect(await run(source)).toEqual(['EACCES', 'listen', 3000, false, null]);
  });

  test('older classes derive from Socket without class', async () => {
    const source = `
      const { Socket } = require('net');
      const { inherits } = require('util');
      function Mine() { Socket.call(this); this.mine = true; }
      inherits(Mine, Socket);
      const mine = new Mine();
      return [mine.mine, mine instanceof Socket, Socket() instanceof Socket, mine.connecting, mine.readyState];`;
    expect(await run(source)).toEqual([true, true, true, false, 'open']);
  });

  test('addresses are told apart', async () => {
    const source = `
      const net = require('net');
      return event.map((text) => net.isIP(text));`;
    const texts = [
      '127.0.0.1',
      '::1',
      '::ffff:1.2.3.4',
      'fe80::1%eth0',
      '1.2.3',
      '01.2.3.4',
      ':::',
      '1:2:3:4:5:6:7:8',
      '1:2:3:4:5:6:7:8:9',
      'x',
      '',
      '1::2::3',
    ];
    expect(await run(source, texts)).toEqual([4, 6, 6, 6, 0, 0, 0, 6, 0, 0, 0, 0]);
  });

  test('block lists hold addresses, ranges and subnets', async () => {
    const source = `
      const { BlockList, SocketAddress } = require('net');
      const list = new BlockList();
      list.addAddress('1.1.1.1');
      list.addRange('10.0.0.1', '10.0.0.9');
      list.addSubnet('fd00::', 8, 'ipv6');
      return [
        list.check('1.1.1.1'), list.check('::ffff:1.1.1.1', 'ipv6'), list.check('10.0.0.10'),
        list.check('fd12::1', 'ipv6'), list.check('fe00::1', 'ipv6'), list.rules,
        new SocketAddress({ address: '::1', family: 'ipv6', port: 80 }).toJSON(),
      ];`;
    expect(await run(source)).toEqual([
      true,
      true,
      false,
      true,
      false,
      ['Subnet: IPv6 fd00::/8', 'Range: IPv4 10.0.0.1-10.0.0.9', 'Address: IPv4 1.1.1.1'],
      { address: '::1', port: 80, family: 'ipv6', flowlabel: 0 },
    ]);
  });
});

describe('node:tls', () => {
  const secureEcho = () =>
    createTlsServer({ cert, key, ALPNProtocols: ['http/1.1'] }, (socket) => socket.pipe(socket));

  test('a connection is secured and tells how', async () => {
    const port = await listen(secureEcho());
    const source = `${watch}
      const tls = require('node:tls');
      const socket = tls.connect({ host: 'localhost', port: event.port, ca: event.ca, ALPNProtocols: ['http/1.1'] });
      socket.end('hi');
      let facts;
      socket.on('secureConnect', () => {
        facts = [socket.authorized, socket.encrypted, socket.alpnProtocol, socket.getProtocol(),
          socket.getPeerCertificate().subject.CN, socket.getPeerCertificate(true).issuerCertificate.subject.CN];
      });
      return { ...(await watch(socket)), facts };`;
    expect(await run(source, { port, ca })).toEqual({
      events: ['lookup', 'connect', 'ready', 'secureConnect', 'finish', 'end'],
      text: 'hi',
      hadError: false,
      facts: [true, true, 'http/1.1', 'TLSv1.3', 'localhost', 'isolambda test CA'],
    });
  });

  test.each([
    { options: `{}`, events: ['UNABLE_TO_VERIFY_LEAF_SIGNATURE'] },
    {
      options: `{ ca: event.ca, servername: 'x.example' }`,
      events: ['ERR_TLS_CERT_ALTNAME_INVALID'],
    },
    {
      options: `{ ca: event.ca, checkServerIdentity: () => Object.assign(new Error('no'), { code: 'MINE' }) }`,
      events: ['MINE'],
    },
  ])('$options ends in $events', async ({ options, events }) => {
    const port = await listen(secureEcho());
    const source = `${watch}
      return watch(require('tls').connect({ host: 'localhost', port: event.port, ...${options} }));`;
    expect(await run(source, { port, ca })).toMatchObject({ events, hadError: true });
  });

  test.each([
    `{ rejectUnauthorized: false }`,
    `{ ca: event.ca, checkServerIdentity: () => undefined, servername: 'x.example' }`,
    `{ secureContext: tls.createSecureContext({ ca: [Buffer.from(event.ca)] }) }`,
  ])('%s is accepted', async (options) => {
    const port = await listen(secureEcho());
    const source = `${watch}
      const tls = require('tls');
      const socket = tls.connect({ host: 'localhost', port: event.port, ...${options} });
      socket.end('hi');
      return watch(socket);`;
    expect(await run(source, { port, ca })).toMatchObject({ text: 'hi', hadError: false });
  });

  test('a plain connection can turn to TLS, as databases do', async () => {
    const port = await listen(
      createServer((socket) => {
        socket.once('data', () => {
          socket.write('S', () => {
            const secured = new TLSSocket(socket, { isServer: true, cert, key });
            secured.pipe(secured);
          });
        });
      }),
    );
    const source = `${watch}
      const plain = require('net').connect(event.port, 'localhost');
      plain.write('SSLRequest');
      const answer = await new Promise((done) => plain.once('data', done));
      const socket = require('tls').connect({ socket: plain, ca: event.ca, servername: 'localhost' });
      socket.end('select 1');
      return { answer: String(answer), ...(await watch(socket)), plain: plain.destroyed };`;
    expect(await run(source, { port, ca })).toMatchObject({
      answer: 'S',
      text: 'select 1',
      hadError: false,
      plain: true,
    });
  });

  test('names are matched with certificates as in Node', async () => {
    const { checkServerIdentity } = await import('node:tls');
    const cases: [string, object][] = [
      ['a.example', { subject: { CN: 'a.example' } }],
      ['a.example', { subject: { CN: 'b.example' } }],
      ['a.example', { subject: {}, subjectaltname: 'DNS:a.example' }],
      ['x.a.example', { subject: {}, subjectaltname: 'DNS:*.a.example' }],
      ['y.x.a.example', { subject: {}, subjectaltname: 'DNS:*.a.example' }],
      ['example', { subject: {}, subjectaltname: 'DNS:*' }],
      ['A.Example.', { subject: {}, subjectaltname: 'DNS:a.example' }],
      ['10.0.0.1', { subject: {}, subjectaltname: 'IP Address:10.0.0.1' }],
      ['10.0.0.2', { subject: {}, subjectaltname: 'DNS:a, IP Address:10.0.0.1' }],
      ['a.example', { subject: { CN: 'a.example' }, subjectaltname: 'IP Address:10.0.0.1' }],
    ];
    const source = `
      const { checkServerIdentity } = require('tls');
      return event.map(([host, cert]) => checkServerIdentity(host, cert)?.message ?? null);`;
    expect(await run(source, cases)).toEqual(
      cases.map(
        ([host, certificate]) => checkServerIdentity(host, certificate as never)?.message ?? null,
      ),
    );
  });
});

test('what users do to built-in classes does not change what the host is asked', async () => {
  const port = await listen(echo());
  const source = `
    const net = require('net');
    const http = require('http');
    Object.prototype.toJSON = Array.prototype.toJSON = () => 'stolen';
    JSON.stringify = JSON.parse = () => { throw new Error('used'); };
    Uint8Array.prototype.subarray = ArrayBuffer.prototype.slice = () => { throw new Error('used'); };
    const seen = [];
    for (const name of ['get', 'set', 'has']) {
      const native = Map.prototype[name] ?? WeakMap.prototype[name];
      WeakMap.prototype[name] = function (...args) { seen.push(...args); return native.apply(this, args); };
    }
    const socket = net.connect(event.port, 'localhost');
    socket.end('hi');
    let text = '';
    for await (const chunk of socket) text += chunk;
    delete Object.prototype.toJSON;
    delete Array.prototype.toJSON;
    return [text, Object.getOwnPropertySymbols(socket).map(String).filter((name) => name.includes('inside')), seen.length];`;
  expect(await run(source, { port })).toEqual(['hi', [], 0]);
});

test('a signal ends a socket', async () => {
  const port = await listen(createServer());
  const source = `
    const signal = event.already ? AbortSignal.abort() : AbortSignal.timeout(5);
    const socket = require('net').connect({ port: event.port, host: 'localhost', signal });
    return new Promise((done) => socket.on('error', ({ name, code }) => done([name, code])));`;
  const aborted = ['AbortError', 'ABORT_ERR'];
  expect(await run(source, { port })).toEqual(aborted);
  expect(await run(source, { port, already: true })).toEqual(aborted);
});
