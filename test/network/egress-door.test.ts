import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { EgressDoor, type EgressDoorOptions } from '../../src/network/egress-door.ts';
import type { Address, NameService } from '../../src/network/name-service.ts';
import { resolveNetworkOptions, type NetworkOption } from '../../src/network/network-options.ts';

const never = new AbortController().signal;
const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

function openDoor(network: NetworkOption, options: EgressDoorOptions = {}): EgressDoor {
  const door = new EgressDoor(resolveNetworkOptions(network), options);
  ends.push(() => door.close());
  return door;
}

async function echoServer(): Promise<{ server: Server; port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return { server, port: (server.address() as AddressInfo).port };
}

/** Names that answer from a table, and what was asked of them. */
function tableNames(table: Record<string, readonly string[]>): NameService & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    lookup: async (name): Promise<readonly Address[]> => {
      asked.push(name);
      return (table[name] ?? []).map((address) => ({
        address,
        family: address.includes(':') ? 6 : 4,
      }));
    },
    resolve: async (name, type) => {
      asked.push(`${type} ${name}`);
      return table[name] ?? [];
    },
    reverse: async (address) => [`${address}.example`],
  };
}

async function failure(work: Promise<unknown>): Promise<Record<string, unknown>> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const { code, message, fields } = error as { code: string; message: string; fields: object };
  return { code, message, ...fields };
}

describe('an allowed host', () => {
  test('can be reached by its name, and bytes are counted', async () => {
    const { port } = await echoServer();
    const door = openDoor({ allow: [`localhost:${port}`] });
    const socket = await door.connect({ host: 'localhost', port }, never);
    socket.end('hello');
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    await once(socket, 'close');

    expect(chunk.toString()).toBe('hello');
    expect(door.stats()).toEqual({
      openSockets: 0,
      connections: 1,
      refusals: 0,
      lookups: 1,
      bytesIn: 5,
      bytesOut: 5,
    });
  });

  test('is connected at the address that was checked, without a second look at the name', async () => {
    const { port } = await echoServer();
    const names = tableNames({ 'db.internal': ['127.0.0.1'] });
    const door = openDoor({ allow: ['db.internal'] }, { names });
    const socket = await door.connect({ host: 'db.internal', port }, never);

    expect(socket.remoteAddress).toBe('127.0.0.1');
    expect(names.asked).toEqual(['db.internal']);
  });

  test('that nobody listens on fails as in Node', async () => {
    const { server, port } = await echoServer();
    server.close();
    await once(server, 'close');
    ends.pop();
    const door = openDoor({ allow: ['127.0.0.1'] });
    const error = await failure(door.connect({ host: '127.0.0.1', port }, never));

    expect(error).toMatchObject({
      code: 'ECONNREFUSED',
      message: `connect ECONNREFUSED 127.0.0.1:${port}`,
      syscall: 'connect',
      address: '127.0.0.1',
      port,
    });
  });
});

describe('a refusal', () => {
  test('names host, address, reason and the option that opens it', async () => {
    const names = tableNames({ 'intranet.example': ['10.0.0.7'] });
    const door = openDoor('public', { names });
    const error = await failure(door.connect({ host: 'intranet.example', port: 80 }, never));

    expect(error).toMatchObject({
      code: 'EACCES',
      syscall: 'connect',
      address: '10.0.0.7',
      port: 80,
      message:
        'connect EACCES intranet.example:80: it resolves to 10.0.0.7, which is a private address. ' +
        "To open it, name it in the function's option `network`: " +
        '{ allow: ["intranet.example:80"] }',
    });
    expect(door.stats()).toMatchObject({ refusals: 1, connections: 0 });
  });

  test.each(['127.0.0.1', '::1', '169.254.169.254', '::ffff:127.0.0.1', '0.0.0.0', 'localhost'])(
    'meets %s in public mode',
    async (host) => {
      const door = openDoor('public');
      expect(await failure(door.connect({ host, port: 80 }, never))).toMatchObject({
        code: 'EACCES',
      });
    },
  );

  test.each(['2130706433', '0x7f000001', '127.1', '0'])(
    'meets the old spelling %s of a loopback address',
    async (host) => {
      const door = openDoor('public');
      const { code } = await failure(door.connect({ host, port: 80 }, never));
      expect(['EACCES', 'ENOTFOUND']).toContain(code);
    },
  );

  test('meets everything with the network "none", and no name is asked for', async () => {
    const names = tableNames({ 'example.com': ['93.184.216.34'] });
    const door = openDoor('none', { names });
    const errors = await Promise.all([
      failure(door.connect({ host: 'example.com', port: 443 }, never)),
      failure(door.lookup('example.com', 0, never)),
      failure(door.resolve('example.com', 'MX', never)),
      failure(door.reverse('8.8.8.8', never)),
    ]);

    expect(errors.map(({ code }) => code)).toEqual(['EACCES', 'EACCES', 'EACCES', 'EACCES']);
    expect(errors[0]?.['message']).toContain('option `network` is "none"');
    expect(names.asked).toEqual([]);
  });

  test('leaves out the private addresses of a name that has public ones too', async () => {
    const names = tableNames({ 'mixed.example': ['10.0.0.1', '93.184.216.34', '::1'] });
    const door = openDoor('public', { names });
    expect(await door.lookup('mixed.example', 0, never)).toEqual([
      { address: '93.184.216.34', family: 4 },
    ]);
  });
});

describe('names', () => {
  test('that do not exist are ENOTFOUND', async () => {
    const door = openDoor('public', { names: tableNames({}) });
    expect(await failure(door.connect({ host: 'nowhere.example', port: 80 }, never))).toMatchObject(
      {
        code: 'ENOTFOUND',
        message: 'getaddrinfo ENOTFOUND nowhere.example',
        hostname: 'nowhere.example',
        errno: -3008,
      },
    );
  });

  test.each(['', 'a b', 'a\0.example', 'x'.repeat(300)])(
    'like %j are never asked',
    async (name) => {
      const names = tableNames({});
      const door = openDoor('public', { names });
      expect(await failure(door.lookup(name, 0, never))).toMatchObject({ code: 'ENOTFOUND' });
      expect(names.asked).toEqual([]);
    },
  );

  test('of closed addresses stay secret', async () => {
    const door = openDoor('public', { names: tableNames({}) });
    expect(await failure(door.reverse('10.0.0.1', never))).toMatchObject({ code: 'EACCES' });
    expect(await door.reverse('8.8.8.8', never)).toEqual(['8.8.8.8.example']);
  });
});

describe('limits', () => {
  test('one connection too many is EMFILE until another closes', async () => {
    const { port } = await echoServer();
    const door = openDoor({ allow: ['127.0.0.1'] }, { maxSockets: 1 });
    const first = await door.connect({ host: '127.0.0.1', port }, never);
    expect(await failure(door.connect({ host: '127.0.0.1', port }, never))).toMatchObject({
      code: 'EMFILE',
    });

    first.destroy();
    await once(first, 'close');
    await door.connect({ host: '127.0.0.1', port }, never);
    expect(door.stats().openSockets).toBe(1);
  });

  test('a name that is never answered ends at the deadline', async () => {
    const names = { ...tableNames({}), lookup: () => new Promise<never>(() => {}) };
    const door = openDoor('public', { names, connectTimeoutMs: 1 });
    expect(await failure(door.connect({ host: 'slow.example', port: 80 }, never))).toMatchObject({
      code: 'ETIMEDOUT',
      message: 'connect ETIMEDOUT slow.example:80',
    });
  });

  test('an abort ends the attempt with its reason', async () => {
    const names = { ...tableNames({}), lookup: () => new Promise<never>(() => {}) };
    const door = openDoor('public', { names });
    const controller = new AbortController();
    const attempt = door.connect({ host: 'slow.example', port: 80 }, controller.signal);
    controller.abort(new Error('enough'));
    await expect(attempt).rejects.toThrow('enough');
  });
});

test('closing ends all connections and makes no more', async () => {
  const { port } = await echoServer();
  const door = openDoor({ allow: ['127.0.0.1'] });
  const socket = await door.connect({ host: '127.0.0.1', port }, never);
  door.close();
  await once(socket, 'close');

  expect(door.stats().openSockets).toBe(0);
  expect(await failure(door.connect({ host: '127.0.0.1', port }, never))).toMatchObject({
    code: 'ECANCELED',
  });
});

test('an embedder may answer a connection with a socket of its own', async () => {
  const { port } = await echoServer();
  const door = openDoor('public', {
    intercept: ({ host }) => (host === 'api.example' ? connect(port, '127.0.0.1') : undefined),
  });
  const socket = await door.connect({ host: 'api.example', port: 443 }, never);
  socket.write('mock');
  const [chunk] = (await once(socket, 'data')) as [Buffer];

  expect(chunk.toString()).toBe('mock');
  expect(await failure(door.connect({ host: '127.0.0.1', port }, never))).toMatchObject({
    code: 'EACCES',
  });
});

test('names that nobody waits for any more still count as being asked', async () => {
  let asked = 0;
  const lookup = (): Promise<never> => {
    asked += 1;
    return new Promise(() => {});
  };
  const names = { lookup, resolve: lookup, reverse: lookup };
  const door = new EgressDoor(resolveNetworkOptions('public'), { names });
  for (let count = 0; count < 100; count += 1) {
    const giveUp = new AbortController();
    const answer = door.lookup(`${count}.example`, 0, giveUp.signal);
    await new Promise(setImmediate);
    giveUp.abort(new Error('given up'));
    await expect(answer).rejects.toThrow('given up');
  }
  expect(asked).toBe(8);
  door.close();
});
