import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Lambda, TemplateError } from '../../src/index.ts';
import { VirtualClock } from '../../src/testing/index.ts';
import { folderOf } from '../functions/code/fixture.ts';

const template = (timeout: number, retention = 345_600): string => `
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties: { VisibilityTimeout: ${timeout}, MessageRetentionPeriod: ${retention} }
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: exports.handler = async ({ Records }) => console.log('worked', Records[0].body)
      AutoPublishAlias: live
      FunctionUrlConfig: { AuthType: NONE }
      Timeout: ${timeout}
      Events:
        Job: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn } }`;

test('a template is deployed again onto what a file kept', async () => {
  await using folder = await folderOf({ 'template.yaml': template(5) });
  const file = join(folder.path, 'template.yaml');
  const clock = new VirtualClock();
  const options = { clock, storage: { file: join(folder.path, 'lambda.db') } };
  {
    await using lambda = await Lambda.fromTemplate(file, options);
    await lambda.getQueue('Jobs')?.send('before');
  }
  await writeFile(file, template(7));
  await using lambda = await Lambda.fromTemplate(file, options);
  const worker = lambda.getFunction('Worker');
  expect(worker?.latest.settings.timeoutMs).toBe(7_000);
  expect(worker?.getAlias('live').info.version).toBe('2');
  expect(lambda.getQueue('Jobs')?.settings.visibilityTimeoutMs).toBe(7_000);
  expect(lambda.listMappings()).toHaveLength(1);

  await lambda.getQueue('Jobs')?.send('after');
  await clock.advance(1_000);
  const lines = lambda.readLogs({ functionName: 'Worker' }).map(({ message }) => message);
  expect(lines.join('\n')).toContain('worked after');
  expect(lambda.getQueue('Jobs')?.size).toBe(0);
});

test('what a queue cannot change is an error', async () => {
  await using folder = await folderOf({ 'template.yaml': template(5) });
  const file = join(folder.path, 'template.yaml');
  const options = { clock: new VirtualClock(), storage: { file: join(folder.path, 'lambda.db') } };
  await (await Lambda.fromTemplate(file, options)).close();
  await writeFile(file, template(5, 60));
  const opening = Lambda.fromTemplate(file, options);
  await expect(opening).rejects.toThrow(TemplateError);
  await expect(opening).rejects.toThrow('The queue "Jobs" is there with another `retentionMs`');
});
