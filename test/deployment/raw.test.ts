import { describe, expect, test } from 'vitest';
import { deployTemplate, Lambda } from '../../src/index.ts';
import { VirtualClock } from '../../src/testing/index.ts';
import { templateFile } from './template-file.ts';

const template = templateFile('raw/template.json');
const messagesOf = (warnings: readonly { readonly message: string }[]): string[] =>
  warnings.map(({ message }) => message.replace(`${template}:`, ''));

describe('a template of CloudFormation', () => {
  test('an upload goes over bucket, topic and alias to the function and its destination', async () => {
    const clock = new VirtualClock();
    await using lambda = new Lambda({ clock });
    await deployTemplate(lambda, template);
    const bucket = lambda.getBucket('uploads-test-123456789012');
    await bucket?.put('notes.txt', 'text');
    await bucket?.put('cat.jpg', 'bytes');
    await clock.runAll();
    const records = await lambda.getQueue('Resized')?.receive({ max: 10 });
    expect(records?.map(({ body }) => JSON.parse(body))).toMatchObject([
      {
        requestContext: { functionArn: `${lambda.getFunction('resize-test')?.arn}:live` },
        responsePayload: {
          stage: 'test',
          limit: '3',
          subject: 'Amazon S3 Notification',
          keys: ['cat.jpg'],
        },
      },
    ]);
  });

  test('settings are those of the template', async () => {
    await using lambda = new Lambda();
    const { functions, resources } = await deployTemplate(lambda, template);
    expect(functions['Resize']?.name).toBe('resize-test');
    expect(functions['Resize']?.tags).toEqual({ team: 'media' });
    expect(functions['Resize']?.latest.settings).toMatchObject({
      runtime: 'nodejs22.x',
      memoryMb: 128,
      timeoutMs: 5_000,
      tracing: 'Active',
      role: 'arn:aws:iam::123456789012:role/Role',
      environment: { STAGE: 'test', ROLE: 'arn:aws:iam::123456789012:role/Role', LIMIT: '3' },
    });
    expect(lambda.getQueue('Audit.fifo')?.settings).toMatchObject({ contentBasedDedup: true });
    expect(lambda.getQueue('Resized')?.settings).toMatchObject({
      visibilityTimeoutMs: 60_000,
      redrive: { target: lambda.getQueue('Undelivered'), maxReceives: 3 },
    });
    expect(resources['Clicks']?.object).toBe(lambda.getStream('Clicks'));
    expect(lambda.getTable('Pictures')?.stream).toBeDefined();
    expect(resources['OnlyLive']).toBeUndefined();
  });

  test('a rule hands a part of the event to a FIFO queue', async () => {
    await using lambda = new Lambda();
    await deployTemplate(lambda, template);
    const bus = lambda.getEventBus('shop');
    await bus?.put([
      { source: 'shop', detailType: 'order', detail: { total: 99 } },
      { source: 'shop', detailType: 'order', detail: { total: 120 } },
    ]);
    const messages = await lambda.getQueue('Audit.fifo')?.receive({ max: 10 });
    expect(messages?.map(({ body }) => body)).toEqual(['{"total":120}']);
  });

  test('parameters choose, and the name of the stack goes before names', async () => {
    await using lambda = new Lambda({ region: 'eu-central-1' });
    const parameters = { Stage: 'live' };
    const { functions, outputs } = await deployTemplate(lambda, template, {
      parameters,
      stackName: 'media',
    });
    expect(functions['Resize']?.latest.settings.memoryMb).toBe(1_024);
    expect(lambda.getQueue('media-OnlyLive')).toBeDefined();
    expect(outputs).toEqual({
      ResizeArn: {
        value: 'arn:aws:lambda:eu-central-1:123456789012:function:resize-live',
        description: undefined,
        exportName: 'media-resize',
      },
      QueueUrl: {
        value: 'https://sqs.eu-central-1.amazonaws.com/123456789012/media-Audit.fifo',
        description: undefined,
        exportName: undefined,
      },
    });
  });

  test('what is not as on AWS is said, with the line', async () => {
    await using lambda = new Lambda();
    const { warnings } = await deployTemplate(lambda, template);
    expect(messagesOf(warnings)).toEqual([
      '9: Resources: Left out, since there is nothing like it here: Alarm (AWS::CloudWatch::Alarm)',
      '48: Resources.Resize.Properties.VpcConfig: This property is not supported and makes no difference here',
      '144: Outputs.AlarmArn: Left out: Alarm.Arn is of an AWS::CloudWatch::Alarm, which is not here; pass its value in `standIns`',
    ]);
    expect(warnings.map(({ logicalId }) => logicalId)).toEqual([undefined, 'Resize', undefined]);
  });

  test('a second deployment finds what the first one made', async () => {
    await using lambda = new Lambda();
    await deployTemplate(lambda, template);
    const { functions } = await deployTemplate(lambda, template);
    expect(lambda.listFunctions()).toHaveLength(1);
    expect(functions['Resize']?.listAliases()).toMatchObject([{ name: 'live', version: '1' }]);
    expect(lambda.getEventBus('shop')?.rules).toHaveLength(1);
  });

  test('each resource is reported as it is begun and finished', async () => {
    await using lambda = new Lambda();
    const steps: string[] = [];
    await deployTemplate(lambda, template, {
      onProgress: ({ logicalId, type, step, index, total }) =>
        steps.push(`${index + 1}/${total} ${step} ${logicalId} (${type})`),
    });
    expect(steps).toHaveLength(2 * 15);
    expect(steps.slice(0, 2)).toEqual([
      '1/15 started Role (AWS::IAM::Role)',
      '1/15 deployed Role (AWS::IAM::Role)',
    ]);
  });
});
