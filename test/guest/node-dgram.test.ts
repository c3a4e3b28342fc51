import { expect, test } from 'vitest';
import type { LambdaEvents } from '../../src/core/events.ts';
import { Lambda } from '../../src/lambda.ts';
import { sameAsNode } from './node-table.ts';

const socket = `require('dgram').createSocket('udp4')`;

sameAsNode('sockets for datagrams', [
  `(() => { const d = require('dgram'); return [thrown(() => d.createSocket('tcp')), thrown(() => d.createSocket({})), thrown(() => d.createSocket('udp4', 1)), d.createSocket({ type: 'udp6' }).type]; })()`,
  `(async () => { const s = ${socket}; await new Promise((resolve) => s.close(resolve)); return [s instanceof require('events'), thrown(() => s.close()), thrown(() => s.send('x', 1, '127.0.0.1'))]; })()`,
  `(() => { const s = ${socket}; const result = [[], ['x'], ['x', 0], ['x', 70000], ['x', '1e3 '], ['x', 1.5], [5, 1], [null, 1, 'h'], [[1], 1], [Buffer.from('x'), 2, 1, 9, 'h'], [Buffer.from('xy'), 1, 2, 9, 'h'], ['x', 9, 5], [{}, 0, 1, 9]].map((args) => thrown(() => s.send(...args))); s.close(); return result; })()`,
  `(() => { const s = ${socket}; const result = [() => s.remoteAddress(), () => s.disconnect(), () => s.connect(0), () => s.address()].map(thrown).map(([name, code]) => [name, code]); s.close(); return result; })()`,
  `(async () => { const s = ${socket}; await s[Symbol.asyncDispose](); await s[Symbol.asyncDispose](); return thrown(() => s.ref().unref().address())[1]; })()`,
]);

/** Runs a body with a socket in a function, and gives what it resolved with and what was sent. */
async function run(body: string, options = "'udp4'") {
  await using lambda = new Lambda({ blanks: 0 });
  const sent: LambdaEvents['trace.sent'][] = [];
  lambda.on('trace.sent', (event) => sent.push(event));
  const source = `exports.handler = (event, context) => new Promise((resolve) => {
    const socket = require('dgram').createSocket(${options}); ${body} })`;
  const probe = await lambda.createFunction({
    name: 'probe',
    code: { source },
    memoryMb: 1_024,
  });
  const outcome = await probe.invoke();
  return {
    result: outcome.status === 'ok' ? outcome.result : outcome,
    requestId: outcome.requestId,
    sent,
    texts: sent.map(({ text }) => text),
  };
}

const daemon = `2000, '169.254.100.1', (error, bytes) => resolve([error, bytes])`;

test('the X-Ray daemon of the environment takes segments, and whoever listens is told', async () => {
  const { result, requestId, sent } = await run(
    `socket.send(Buffer.from('{}segment'), 2, 7, ${daemon})`,
  );

  expect(result).toEqual([null, 7]);
  expect(sent).toEqual([
    {
      type: 'trace.sent',
      at: expect.any(Number),
      environment: expect.objectContaining({ functionName: 'probe' }),
      requestId,
      text: 'segment',
    },
  ]);
});

test.each([
  [`socket.send('grüße', ${daemon})`, [null, 7], ['grüße']],
  [
    `socket.send(['a', new Uint16Array([0x6362]), Buffer.from('d')], ${daemon})`,
    [null, 4],
    ['abcd'],
  ],
  [
    `socket.connect(2000, '169.254.100.1', () => socket.send('hi', (error, bytes) => resolve([bytes, socket.remoteAddress()])))`,
    [2, { address: '169.254.100.1', family: 'IPv4', port: 2000 }],
    ['hi'],
  ],
  [
    `process.env.AWS_XRAY_DAEMON_ADDRESS = '192.0.2.1:53'; socket.send('x', ${daemon})`,
    [null, 1],
    ['x'],
  ],
  [
    `socket.send('one', 2000, '169.254.100.1'); socket.send('two', 2000, '169.254.100.1'); socket.close(() => resolve('closed'))`,
    'closed',
    ['one', 'two'],
  ],
  [
    `socket.once('listening', () => resolve(socket.address().family)).send('', 2000, '169.254.100.1')`,
    'IPv4',
    [''],
  ],
])('%s', async (body, expected, texts) => {
  const { result, texts: seen } = await run(body);
  expect(result).toEqual(expected);
  expect(seen).toEqual(texts);
});

const told = `(error) => resolve([error.code, error.syscall, error.address, error.port, error.message])`;
const refusal = (call: string, address: string, port: number, why: string) => [
  'EACCES',
  call,
  address,
  port,
  `${call} EACCES ${address}:${port} (${why})`,
];
const daemonOnly =
  'datagrams of a function reach the X-Ray daemon of its environment, nothing else';

test.each([
  [`socket.send('x', 53, '192.0.2.1', ${told})`, refusal('send', '192.0.2.1', 53, daemonOnly)],
  [
    `socket.on('error', ${told}).send('x', 53, '192.0.2.1')`,
    refusal('send', '192.0.2.1', 53, daemonOnly),
  ],
  [
    `socket.send('x', 2001, '169.254.100.1', ${told})`,
    refusal('send', '169.254.100.1', 2001, daemonOnly),
  ],
  [`socket.send('x', 53, ${told})`, refusal('send', '127.0.0.1', 53, daemonOnly)],
  [
    `process.env.AWS_XRAY_DAEMON_ADDRESS = '192.0.2.1:53'; socket.send('x', 53, '192.0.2.1', ${told})`,
    refusal('send', '192.0.2.1', 53, daemonOnly),
  ],
  [`socket.connect(53, '192.0.2.1', ${told})`, refusal('connect', '192.0.2.1', 53, daemonOnly)],
  [
    `socket.on('error', ${told}).bind(53)`,
    refusal('bind', '0.0.0.0', 53, 'a function is sent no datagrams'),
  ],
])('refused: %s', async (body, expected) => {
  const { result, sent } = await run(body);
  expect(result).toEqual(expected);
  expect(sent).toEqual([]);
});

test('a socket of the other family does not reach the daemon', async () => {
  const { result } = await run(
    `socket.send('x', 2000, '169.254.100.1', ${told})`,
    "{ type: 'udp6' }",
  );
  expect(result).toEqual(refusal('send', '169.254.100.1', 2000, daemonOnly));
});

test('a datagram has 65,507 bytes at the most', async () => {
  const { result, sent } = await run(
    `socket.send(Buffer.alloc(65508), 2000, '169.254.100.1', ${told})`,
  );
  expect(result).toEqual([
    'EMSGSIZE',
    'send',
    '169.254.100.1',
    2000,
    'send EMSGSIZE 169.254.100.1:2000',
  ]);
  expect(sent).toEqual([]);
});

test('a flood of datagrams is cut, and the guest is not told', async () => {
  const { result, sent } = await run(`let left = 2100;
    for (let count = 2100; count > 0; count -= 1) {
      socket.send('x', 2000, '169.254.100.1', (error) => { left -= error === null ? 1 : 0; if (left === 0) resolve('sent'); });
    }`);
  expect(result).toBe('sent');
  expect(sent.length).toBe(Math.floor(1_048_576 / 513));
});
