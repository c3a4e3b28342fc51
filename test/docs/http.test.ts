import { once } from 'node:events';
import { createServer as createNodeServer, type RequestListener, type Server } from 'node:http';
import { expect, test, vi } from 'vitest';
import { Lambda } from '../../src/index.ts';
import { VirtualClock } from '../../src/testing/index.ts';
import { deploy, echo } from '../sources/http/fixture.ts';
import { examplesMissing } from './examples-of.ts';

/** The examples of docs/http.md, word for word. */

test('a function has a URL', async () => {
  await using lambda = new Lambda();
  const greet = await lambda.createFunction({
    name: 'greet',
    code: {
      source: `exports.handler = async ({ queryStringParameters: { name } }) => ({
        statusCode: 200,
        headers: { 'content-type': 'text/plain' },
        cookies: ['seen=1'],
        body: 'Hello ' + name,
      });`,
    },
  });
  const { url } = await greet.createUrl({ cors: { allowOrigins: ['https://shop.example.com'] } });

  const response = await lambda.fetch(`${url}?name=Ada`);
  expect([response.status, await response.text()]).toEqual([200, 'Hello Ada']);
  expect(response.headers.getSetCookie()).toEqual(['seen=1']);
});

test('functions have an API', async ({ onTestFinished }) => {
  await using lambda = new Lambda();
  const orders = await deploy(lambda, echo);
  const createServer = (listener: RequestListener): Server => {
    const server = createNodeServer(listener);
    onTestFinished(async () => {
      server.close();
      await once(server, 'close');
    });
    return server;
  };

  const api = lambda.createHttpApi({
    name: 'shop',
    routes: [
      { method: 'GET', path: '/orders/{id}', target: orders },
      { path: '/files/{path+}', target: 'files' },
      { path: '$default', target: orders },
    ],
  });
  const order = await api.handle(new Request('http://localhost/orders/7'));

  createServer((request, response) => void api.listener(request, response)).listen(0);
  expect(await order.json()).toMatchObject({ pathParameters: { id: '7' } });
});

test('a report comes on time', async () => {
  const clock = new VirtualClock(Date.UTC(2026, 1, 28, 12));
  await using lambda = new Lambda({ clock });
  const report = await deploy(lambda, echo);
  const accepted = vi.fn();
  lambda.on('async.accepted', accepted);

  lambda.schedule(report, { rate: 'rate(5 minutes)' });
  lambda.schedule(report, { cron: 'cron(0 18 ? * MON-FRI *)', timeZone: 'Europe/Berlin' });
  lambda.schedule(report, { at: 'at(2026-03-01T09:00:00)' }, { kind: 'spring' });
  const beat = lambda.schedule(report, { everyMs: 1_500, name: 'beat' });

  const { next } = beat; // a Date
  beat.pause();
  beat.resume();
  beat.cancel();

  await clock.advance(5 * 60_000);
  expect(next).toEqual(new Date(Date.UTC(2026, 1, 28, 12, 0, 1, 500)));
  expect(accepted).toHaveBeenCalledTimes(1);
  expect(lambda.listSchedules()).toHaveLength(3);
});

test('the document has these examples', () => {
  expect(examplesMissing('http.md', import.meta.filename)).toEqual([]);
});
