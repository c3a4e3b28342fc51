import { expect, test } from 'vitest';
import type { NameService } from '../../src/network/name-service.ts';
import { guestOf } from './network-fixture.ts';

const names: NameService = {
  lookup: async (_name, family) => [{ address: '93.184.216.34', family: family === 6 ? 6 : 4 }],
  resolve: async (_name, type) =>
    type === 'TXT' ? [['v=1', 'more']] : [{ exchange: 'mx.example.com', priority: 10 }],
  reverse: async () => ['example.com'],
};

test('names are looked up, asked for and turned around', async () => {
  const guest = guestOf('public', { names });
  const ask = (name: string, question: object): Promise<unknown> => guest.json(name, question);
  expect(await ask('dns.lookup', { name: 'example.com', family: 4 })).toEqual([
    { address: '93.184.216.34', family: 4 },
  ]);
  expect(await ask('dns.resolve', { name: 'example.com', type: 'TXT' })).toEqual([['v=1', 'more']]);
  expect(await ask('dns.resolve', { name: 'example.com', type: 'MX' })).toEqual([
    { exchange: 'mx.example.com', priority: 10 },
  ]);
  expect(await ask('dns.reverse', { address: '93.184.216.34' })).toEqual(['example.com']);
});

test.each([
  ['dns.lookup', { name: 'example.com', family: 5 }, 'ERR_INVALID_ARG_VALUE'],
  ['dns.lookup', { name: 7, family: 0 }, 'ERR_INVALID_ARG_VALUE'],
  ['dns.resolve', { name: 'example.com', type: 'AXFR' }, 'ERR_INVALID_ARG_VALUE'],
  ['dns.reverse', { address: '10.0.0.1' }, 'EACCES'],
  ['dns.reverse', { address: 'example.com' }, 'EACCES'],
])('%s refuses %j', async (name, question, code) => {
  await expect(guestOf('public', { names }).ask(name, question)).rejects.toMatchObject({ code });
});
