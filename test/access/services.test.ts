import { describe, expect, onTestFinished, test } from 'vitest';
import { Lambda, type LambdaFunction } from '../../src/index.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

async function hostWith(enforceServices: boolean) {
  const clock = new VirtualClock();
  const lambda = new Lambda({ clock, blanks: 0, seed: 1, access: { enforceServices } });
  onTestFinished(() => lambda.close());
  const code = { source: 'exports.handler = async () => 1' };
  const fn = await lambda.createFunction({ name: 'f', code, cpuMs: 2_000 });
  const failed: string[] = [];
  lambda.on('delivery.failed', ({ reason }) => void failed.push(reason));
  let invocations = 0;
  lambda.on('invocation.finished', () => void (invocations += 1));
  return { lambda, clock, fn, failed, invocations: () => invocations };
}

const permit = (fn: Pick<LambdaFunction, 'addPermission'>, service: string, sourceArn: string) =>
  fn.addPermission({ statementId: 'it', principal: `${service}.amazonaws.com`, sourceArn });

const created = ['s3:ObjectCreated:*'] as const;

describe('a bucket', () => {
  test('cannot notify a function without a permission, and can with it', async () => {
    const { lambda, clock, fn, invocations } = await hostWith(true);
    const bucket = lambda.createBucket('photos');
    const notify = () => bucket.notify({ events: created, target: fn });
    await expect(notify()).rejects.toMatchObject({
      awsCode: 'InvalidArgument',
      message: 'Unable to validate the following destination configurations',
    });
    await permit(fn, 's3', 'arn:aws:s3:::others');
    await expect(notify()).rejects.toThrow('Unable to validate');
    await fn.removePermission('it');
    await permit(fn, 's3', bucket.arn);
    await notify();
    await bucket.put('a.jpg', 'x');
    await clock.advance(1);
    expect(invocations()).toBe(1);
  });

  test('needs the permission of the alias for an alias', async () => {
    const { lambda, fn } = await hostWith(true);
    const bucket = lambda.createBucket('photos');
    await fn.publishVersion();
    const alias = await fn.createAlias('live', { version: '1' });
    await permit(alias, 's3', bucket.arn);
    await bucket.notify({ events: created, target: alias });
    const direct = bucket.notify({ events: created, prefix: 'x', target: fn });
    await expect(direct).rejects.toThrow();
  });
});

describe('a topic', () => {
  test('delivers to a function that permits it, and gives up at once where none does', async () => {
    const { lambda, clock, fn, failed, invocations } = await hostWith(true);
    const topic = lambda.createTopic('news');
    const letters = lambda.createQueue('letters');
    topic.subscribe(fn, { deadLetter: letters });
    await topic.publish('one');
    expect(failed).toEqual([]);
    expect(letters.size).toBe(1);
    await permit(fn, 'sns', topic.arn);
    await topic.publish('two');
    await clock.advance(1);
    expect(invocations()).toBe(1);
  });
});

describe('a rule', () => {
  test('delivers to a function that permits it, and gives up at once where none does', async () => {
    const { lambda, clock, fn, failed, invocations } = await hostWith(true);
    const bus = lambda.createEventBus('orders');
    const rule = bus.createRule('all', { pattern: { source: ['shop'] }, targets: [fn] });
    const event = { source: 'shop', detailType: 'paid', detail: {} };
    await bus.put([event]);
    expect(failed).toEqual([
      `events.amazonaws.com is not authorized to perform: lambda:InvokeFunction on resource: ${fn.arn} for ${rule.arn}`,
    ]);
    await permit(fn, 'events', rule.arn);
    await bus.put([event]);
    await clock.advance(1);
    expect(invocations()).toBe(1);
  });
});

test('by default services need no permission', async () => {
  const { lambda, clock, fn, failed, invocations } = await hostWith(false);
  const bucket = lambda.createBucket('photos');
  await bucket.notify({ events: created, target: fn });
  await bucket.put('a.jpg', 'x');
  const topic = lambda.createTopic('news');
  topic.subscribe(fn);
  await topic.publish('one');
  await clock.advance(1);
  expect(invocations()).toBe(2);
  expect(failed).toEqual([]);
});
