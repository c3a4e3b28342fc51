import { test as base, describe, expect } from 'vitest';
import { deployTemplate, Lambda, type Deployment } from '../../src/index.ts';
import { FetchMock, VirtualClock } from '../../src/testing/index.ts';
import { templateFile } from './template-file.ts';

interface Shop {
  readonly lambda: Lambda;
  readonly clock: VirtualClock;
  readonly deployment: Deployment;
}

/** The order service, with SQS's API in front of its queue. */
const test = base.extend<{ readonly shop: Shop }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of fixtures from the pattern
  shop: async ({}, use) => {
    const clock = new VirtualClock();
    const web = new FetchMock();
    await using lambda = new Lambda({ clock, intercept: web });
    web.post('https://sqs.us-east-1.amazonaws.com/*', async (call) => {
      const { MessageBody: body } = call.json() as { readonly MessageBody: string };
      const sent = await lambda.getQueue('orders-test')?.send(body);
      return { json: { MessageId: sent?.messageId } };
    });
    const deployment = await deployTemplate(lambda, templateFile('orders/template.yaml'));
    await use({ lambda, clock, deployment });
  },
});

function order({ deployment }: Shop, customer: string, item: string): Promise<Response> {
  const api = deployment.apis['ServerlessHttpApi'];
  if (api === undefined) throw new Error('There is no API');
  const body = JSON.stringify({ item });
  return api.handle(new Request(`http://localhost/orders/${customer}`, { method: 'POST', body }));
}

function printed({ lambda }: Shop, functionName: string): string[] {
  return lambda
    .readLogs({ functionName })
    .map(({ message }) => message)
    .filter((message) => /shipped|indexed/.test(message))
    .map((message) => message.split('\t').at(-1)?.trim() ?? '');
}

describe('the order service', () => {
  test('an order goes from the HTTP API over the alias and the queue to the shipping function', async ({
    shop,
  }) => {
    const response = await order(shop, 'ada', 'book');
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ customer: 'ada', item: 'book', stage: 'test' });
    await shop.clock.advance(1_000);
    expect(printed(shop, 'ShipOrder')).toEqual(['shipped book to ada']);
    expect(shop.lambda.getQueue('orders-test')?.size).toBe(0);
  });

  test('what cannot be shipped ends among the dead letters', async ({ shop }) => {
    await order(shop, 'ada', 'anvil');
    await shop.clock.advance(5 * 60_000);
    const [letter] = (await shop.lambda.getQueue('OrderDeadLetters')?.receive()) ?? [];
    expect(JSON.parse(letter?.body ?? '{}')).toMatchObject({ item: 'anvil' });
  });

  test('new items of the table are indexed, changed ones are filtered out', async ({ shop }) => {
    const table = shop.lambda.getTable('Orders');
    await table?.put({ id: 'o-1', item: 'book' });
    await table?.put({ id: 'o-1', item: 'anvil' });
    await table?.put({ id: 'o-2', item: 'book' });
    await shop.clock.advance(2_000);
    expect(printed(shop, 'IndexOrder')).toEqual(['indexed o-1', 'indexed o-2']);
  });

  test('a REST API and an HTTP API stand beside each other', async ({ shop }) => {
    const { apis } = shop.deployment;
    const ping = await apis['ServerlessRestApi']?.handle(new Request('http://localhost/ping'));
    expect(await ping?.text()).toBe('pong');
    const origin = 'https://shop.example.com';
    const preflight = await apis['ServerlessHttpApi']?.handle(
      new Request('http://localhost/orders/ada', {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      }),
    );
    expect(preflight?.headers.get('access-control-allow-origin')).toBe(origin);
  });

  test('settings come from Globals, outputs name what SAM made', async ({ shop }) => {
    const { functions, outputs, warnings } = shop.deployment;
    expect(functions['PlaceOrder']?.latest.settings).toMatchObject({
      timeoutMs: 10_000,
      environment: {
        STAGE: 'test',
        TABLE: 'Orders',
        QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/orders-test',
      },
    });
    expect(functions['PlaceOrder']?.latest.settings.environment).not.toHaveProperty('TRACKING');
    expect(functions['ShipOrder']?.tags).toEqual({ service: 'orders' });
    expect(outputs['PlaceOrder']?.value).toBe(
      'arn:aws:lambda:us-east-1:123456789012:function:PlaceOrder:live',
    );
    expect(outputs['Api']?.value).toBe(
      shop.deployment.apis['ServerlessHttpApi']?.url.replace(/\/$/, ''),
    );
    expect(warnings).toEqual([]);
  });

  test('a daily report is made and its record goes to its destination', async ({ shop }) => {
    await shop.clock.advance(86_400_000);
    const [record] = (await shop.lambda.getQueue('Reports')?.receive()) ?? [];
    expect(JSON.parse(record?.body ?? '{}')).toMatchObject({
      requestPayload: { report: 'daily' },
      responsePayload: 'daily report',
    });
  });
});
