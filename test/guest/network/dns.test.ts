import { describe, expect, test } from 'vitest';
import { run, useLambda } from './guest-fixture.ts';

useLambda();

describe('node:dns', () => {
  test('addresses are found for names that a guest may reach', async () => {
    const source = `
      const dns = require('node:dns');
      const called = await new Promise((done) => dns.lookup('localhost', 4, (...results) => done(results)));
      const { lookup } = require('node:dns/promises');
      return [
        called,
        await lookup('localhost', { family: 4 }),
        await lookup('localhost', { family: 4, all: true }),
        await lookup('127.0.0.1'),
        await dns.promises.lookup('::1', { all: true }),
      ];`;
    const address = { address: '127.0.0.1', family: 4 };
    expect(await run(source)).toEqual([
      [null, '127.0.0.1', 4],
      address,
      [address],
      address,
      [{ address: '::1', family: 6 }],
    ]);
  });

  test('a name of a closed address stays secret', async () => {
    const source = `return require('dns').promises.lookup('localhost').catch(({ code }) => code);`;
    expect(await run(source, {}, { network: 'public' })).toBe('EACCES');
  });

  test('without a network nothing is asked', async () => {
    const source = `
      const { promises: dns } = require('dns');
      const asked = [dns.lookup('example.com'), dns.resolve4('example.com'), dns.reverse('8.8.8.8'), new dns.Resolver().resolveMx('example.com')];
      return (await Promise.allSettled(asked)).map(({ reason }) => reason.code);`;
    expect(await run(source, {}, { network: 'none' })).toEqual([
      'EACCES',
      'EACCES',
      'EACCES',
      'EACCES',
    ]);
  });

  test.each([
    [`dns.lookup('a.example')`, 'ERR_INVALID_ARG_TYPE'],
    [`dns.lookup(5, () => {})`, 'ERR_INVALID_ARG_TYPE'],
    [`dns.lookup('a.example', { family: 5 }, () => {})`, 'ERR_INVALID_ARG_VALUE'],
    [`dns.resolve('a.example', 'AXFR', () => {})`, 'ERR_INVALID_ARG_VALUE'],
    [`dns.resolveMx(5, () => {})`, 'ERR_INVALID_ARG_TYPE'],
    [`dns.setServers(['8.8.8.8'])`, 'ENOTSUP'],
  ])('%s throws %s', async (call, code) => {
    const source = `const dns = require('dns'); try { ${call}; } catch (error) { return error.code; }`;
    expect(await run(source)).toBe(code);
  });

  test('constants are those of Node', async () => {
    const dns = await import('node:dns');
    const names = Object.entries(dns.default).filter(
      ([, value]) => typeof value !== 'function' && typeof value !== 'object',
    );
    const source = `const dns = require('dns'); return event.map((name) => [name, dns[name]]);`;
    expect(
      await run(
        source,
        names.map(([name]) => name),
      ),
    ).toEqual(names);
  });
});
