import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { ca, cert, key } from '../fixtures/tls.ts';
import { guestOf, listen } from './network-fixture.ts';

const echo = () => createServer((socket) => socket.pipe(socket));

test('bytes go out and come back, and the end is told', async () => {
  const port = await listen(echo());
  const guest = guestOf();
  expect(await guest.json('net.connect', { id: 1, host: '127.0.0.1', port })).toMatchObject({
    remoteAddress: '127.0.0.1',
    remotePort: port,
    remoteFamily: 'IPv4',
  });
  await guest.ask('net.write', { id: 1 }, 'hello ');
  await guest.ask('net.shutdown', { id: 1 }, 'world');

  expect(await guest.drain('net.read', 1)).toEqual({ body: 'hello world', end: undefined });
  expect(guest.network.stats()).toMatchObject({ connections: 1, bytesIn: 11, bytesOut: 11 });
});

test('a host that nobody allowed is refused with the fields of Node', async () => {
  const guest = guestOf('public');
  await expect(
    guest.ask('net.connect', { id: 1, host: '127.0.0.1', port: 80 }),
  ).rejects.toMatchObject({
    name: 'Error',
    code: 'EACCES',
    errno: -13,
    syscall: 'connect',
    address: '127.0.0.1',
    port: 80,
  });
});

test('what a guest does not read stays with the sender', async () => {
  const sender = Promise.withResolvers<Socket>();
  const port = await listen(createServer(sender.resolve));
  const guest = guestOf();
  await guest.ask('net.connect', { id: 1, host: '127.0.0.1', port });
  const socket = await sender.promise;
  const megabyte = Buffer.alloc(1_048_576);
  while (socket.write(megabyte) && socket.writableLength === 0);
  for (let count = 0; count < 63; count += 1) socket.write(megabyte);
  socket.end();

  // Kernel buffers take a few megabytes; the host's part of them is one small buffer.
  expect(guest.network.stats().bytesIn).toBeLessThan(1_048_576);
  let length = 0;
  let largest = 0;
  for (;;) {
    const chunk = await guest.ask('net.read', { id: 1 });
    if (!(chunk instanceof Uint8Array)) break;
    length += chunk.byteLength;
    largest = Math.max(largest, chunk.byteLength);
  }
  expect(length).toBeGreaterThanOrEqual(63 * 1_048_576);
  expect(largest).toBeLessThanOrEqual(65_536);
});

test('a reset by the other side reaches whoever reads', async () => {
  const port = await listen(
    createServer((socket) => socket.once('data', () => socket.resetAndDestroy())),
  );
  const guest = guestOf();
  await guest.ask('net.connect', { id: 1, host: '127.0.0.1', port });
  await guest.ask('net.write', { id: 1 }, 'hello');
  await expect(guest.ask('net.read', { id: 1 })).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('a read that was cancelled loses nothing', async () => {
  const server = createServer();
  const port = await listen(server);
  const guest = guestOf();
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  await guest.ask('net.connect', { id: 1, host: '127.0.0.1', port });
  const reading = guest.start('net.read', { id: 1 });
  reading.cancel();
  await reading.outcome;
  const [socket] = await accepted;
  socket.end('later');
  expect(await guest.drain('net.read', 1)).toEqual({ body: 'later', end: undefined });
});

test('destroying a socket ends what waits on it', async () => {
  const port = await listen(createServer());
  const guest = guestOf();
  await guest.ask('net.connect', { id: 1, host: '127.0.0.1', port });
  const reading = guest.start('net.read', { id: 1 });
  guest.call('net.destroy', { id: 1 });
  expect(await reading.outcome).toBe('ECONNRESET');
  await expect(guest.ask('net.read', { id: 1 })).rejects.toMatchObject({ code: 'EBADF' });
});

test('the end of the environment ends its sockets', async () => {
  const server = createServer((socket) => socket.resume());
  const port = await listen(server);
  const guest = guestOf();
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  await guest.ask('net.connect', { id: 1, host: '127.0.0.1', port });
  const [socket] = await accepted;
  guest.services.close();
  await once(socket, 'close');
  expect(guest.network.stats().openSockets).toBe(0);
});

/** Two million rounds of PBKDF2 stand between the passphrase and the key. */
const slowKey = pemOf(
  Buffer.concat([
    Buffer.from('304506092a864886f70d01050d3038301b06092a864886f70d01050c300e0408', 'hex'),
    Buffer.from('00000000000000000204001e8480301906', 'hex'),
    Buffer.alloc(80),
  ]),
);

function pemOf(der: Buffer): string {
  const label = 'ENCRYPTED PRIVATE KEY';
  return `-----BEGIN ${label}-----\n${der.toString('base64')}\n-----END ${label}-----\n`;
}

describe('a hostile guest', () => {
  test.each([
    ['{', 'ERR_INVALID_ARG_VALUE'],
    ['null', 'ERR_INVALID_ARG_VALUE'],
    ['[]', 'ERR_INVALID_ARG_VALUE'],
    ['{}', 'ERR_INVALID_ARG_VALUE'],
    ['{"id":"1","host":"h","port":1}', 'ERR_INVALID_ARG_VALUE'],
    ['{"id":1.5,"host":"h","port":1}', 'ERR_INVALID_ARG_VALUE'],
    ['{"id":0,"host":"h","port":1}', 'ERR_INVALID_ARG_VALUE'],
    ['{"id":1,"host":1,"port":1}', 'ERR_INVALID_ARG_VALUE'],
    ['{"id":1,"host":"h","port":65536}', 'ERR_INVALID_ARG_VALUE'],
    ['{"id":1,"host":"h","port":1,"family":5}', 'ERR_INVALID_ARG_VALUE'],
    [`{"id":1,"port":1,"host":"${'h'.repeat(2_000_000)}"}`, 'ERR_INVALID_ARG_VALUE'],
    ['{"id":1,"host":"a b","port":1}', 'ENOTFOUND'],
  ])('gets nothing for the question %#', async (question, code) => {
    const guest = guestOf('public');
    await expect(guest.ask('net.connect', question)).rejects.toMatchObject({ code });
  });

  test.each(['net.read', 'net.write', 'net.shutdown', 'http.read', 'h2.ping', 'tls.connect'])(
    'cannot use a handle that is not there with %s',
    async (name) => {
      const question = { id: 7, over: 8 };
      await expect(guestOf().ask(name, question)).rejects.toMatchObject({ code: 'EBADF' });
    },
  );

  test('cannot write or read twice at one time, nor much at once', async () => {
    const port = await listen(createServer());
    const guest = guestOf();
    await guest.ask('net.connect', { id: 1, host: '127.0.0.1', port });
    const first = guest.start('net.read', { id: 1 });
    await expect(guest.ask('net.read', { id: 1 })).rejects.toMatchObject({ code: 'EBUSY' });
    await expect(guest.ask('net.write', { id: 1 }, Buffer.alloc(65_537))).rejects.toMatchObject({
      code: 'EMSGSIZE',
    });
    await expect(
      guest.ask('net.connect', { id: 1, host: '127.0.0.1', port }),
    ).rejects.toMatchObject({ code: 'EBADF' });
    first.cancel();
    await first.outcome;
  });
});

describe('TLS', () => {
  const secureEcho = () =>
    createTlsServer({ cert, key, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) =>
      socket.pipe(socket),
    );

  test('is agreed on, and tells what was agreed on', async () => {
    const port = await listen(secureEcho());
    const guest = guestOf();
    const question = { id: 1, host: 'localhost', port };
    const tls = { ca: [ca], servername: 'localhost', alpn: ['http/1.1'] };
    expect(await guest.json('tls.connect', { ...question, tls })).toMatchObject({
      authorized: true,
      authorizationError: null,
      alpnProtocol: 'http/1.1',
      protocol: 'TLSv1.3',
      cipher: { version: 'TLSv1.3' },
      remotePort: port,
    });
    await guest.ask('net.write', { id: 1 }, 'secret');
    expect(Buffer.from((await guest.ask('net.read', { id: 1 })) as Uint8Array).toString()).toBe(
      'secret',
    );
    const peer = String(guest.call('tls.peer', { id: 1 })).slice(1);
    const [own, root] = JSON.parse(peer) as Record<string, unknown>[];
    expect(own).toMatchObject({ subject: { CN: 'localhost' } });
    expect(root).toMatchObject({ subject: { CN: 'isolambda test CA' } });
    const { bytesOut } = guest.network.stats();
    expect(bytesOut).toBeGreaterThan('secret'.length);
  });

  test('fails when nobody vouches for the other side', async () => {
    const port = await listen(secureEcho());
    const guest = guestOf();
    const question = { id: 1, host: '127.0.0.1', port, tls: { servername: 'localhost' } };
    await expect(guest.ask('tls.connect', question)).rejects.toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
    expect(guest.network.stats().failures).toBe(1);
  });

  test('accepts anyone when the guest says so, and says what is wrong', async () => {
    const port = await listen(secureEcho());
    const guest = guestOf();
    const question = { id: 1, host: '127.0.0.1', port, tls: { acceptsAnyone: true } };
    expect(await guest.json('tls.connect', question)).toMatchObject({
      authorized: false,
      authorizationError: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
  });

  test('fails for a name that the certificate does not have, unless the guest looks itself', async () => {
    const port = await listen(secureEcho());
    const guest = guestOf();
    const tls = { ca: [ca], servername: 'other.example' };
    const question = { host: '127.0.0.1', port };
    await expect(guest.ask('tls.connect', { ...question, id: 1, tls })).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      host: 'other.example',
    });
    expect(
      await guest.json('tls.connect', {
        ...question,
        id: 2,
        tls: { ...tls, checksIdentity: true },
      }),
    ).toMatchObject({ authorized: true });
  });

  test('can begin on a connection that spoke plainly before', async () => {
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
    const guest = guestOf();
    await guest.ask('net.connect', { id: 1, host: 'localhost', port });
    await guest.ask('net.write', { id: 1 }, 'SSLRequest');
    expect(Buffer.from((await guest.ask('net.read', { id: 1 })) as Uint8Array).toString()).toBe(
      'S',
    );
    const tls = { ca: [ca], servername: 'localhost' };
    await guest.ask('tls.connect', { id: 2, over: 1, tls });
    await guest.ask('net.shutdown', { id: 2 }, 'select 1');

    expect(await guest.drain('net.read', 2)).toMatchObject({ body: 'select 1' });
    await expect(guest.ask('net.read', { id: 1 })).rejects.toMatchObject({ code: 'EBADF' });
  });

  test.each([
    { tls: { ca: ['no certificate'] } },
    { tls: { key: ['no key'] } },
    { tls: { pfx: 'AAAA' } },
    { tls: { key: [slowKey], passphrase: 'secret' } },
    { tls: { minVersion: 'SSLv3' } },
    { tls: { ca: 'x' } },
    { tls: { ciphers: 'NONE' } },
  ])('refuses $tls', async ({ tls }) => {
    const port = await listen(secureEcho());
    const question = { id: 1, host: '127.0.0.1', port, tls: { acceptsAnyone: true, ...tls } };
    const outcome = guestOf().ask('tls.connect', question);
    // Node takes a `ca` without certificates for an empty list.
    if ('ca' in tls && Array.isArray(tls.ca)) await outcome;
    else await expect(outcome).rejects.toMatchObject({ code: expect.stringMatching(/^ERR_/) });
  });
});
