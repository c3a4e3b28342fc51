import { expect, test } from 'vitest';
import { Lambda } from '../../src/lambda.ts';
import { sameAsNode } from './node-table.ts';

sameAsNode('dgram without a network', [
  `(()=>{const d=require('dgram');return [thrown(()=>d.createSocket('tcp')),thrown(()=>d.createSocket({})),thrown(()=>d.createSocket('udp4',1)),d.createSocket({type:'udp6'}).type]})()`,
  `(async()=>{const s=require('dgram').createSocket('udp4');await new Promise(r=>s.close(r));return [s instanceof require('events'),thrown(()=>s.close()),thrown(()=>s.send('x',1,'127.0.0.1'))]})()`,
]);

async function run(body: string): Promise<unknown> {
  await using lambda = new Lambda({ blanks: 0 });
  const source = `exports.handler = () => new Promise((resolve) => {
    const socket = require('dgram').createSocket('udp4').unref(); ${body} })`;
  return await (await lambda.createFunction({ name: 'probe', code: { source } })).call();
}

test('a segment for the tracing daemon is taken, as a datagram that nobody reads', async () => {
  const daemon = `2000, '169.254.100.1', (error, bytes) => resolve([error, bytes])`;
  expect(await run(`socket.send(Buffer.from('{}segment'), 2, 7, ${daemon})`)).toEqual([null, 7]);
  expect(await run(`socket.send('grüße', ${daemon})`)).toEqual([null, 7]);
});

test('every other datagram is refused, to the callback or as an event', async () => {
  const code = `({ code }) => resolve(code)`;
  expect(await run(`socket.send('x', 53, '192.0.2.1', ${code})`)).toBe('ERR_ACCESS_DENIED');
  expect(await run(`socket.on('error', ${code}).send('x', 53, '192.0.2.1')`)).toBe(
    'ERR_ACCESS_DENIED',
  );
});
