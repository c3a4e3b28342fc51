import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import { awsClientConfig } from '../../src/aws/index.ts';
import { Lambda } from '../../src/index.ts';
import { refusal } from '../aws/kit.ts';
import { examplesMissing } from './examples-of.ts';

/** The examples of docs/access.md, word for word. */

const code = { source: 'exports.handler = async () => 1;' };

test('a permission is given, shown and taken away', async () => {
  await using host = new Lambda({ blanks: 0 });
  const photos = host.createBucket('photos');
  const resize = await host.createFunction({ name: 'resize', code });

  await resize.addPermission({
    statementId: 'photos',
    principal: 's3.amazonaws.com', // a service, an account, the ARN of a user or role, or '*'
    sourceArn: photos.arn,
  });
  const statements = resize.policy?.document.Statement; // as AWS writes them
  await resize.removePermission('photos'); // the policy goes with its last statement

  expect(statements).toMatchObject([{ Sid: 'photos', Action: 'lambda:InvokeFunction' }]);
  expect(resize.policy).toBeUndefined();
});

test('services need permissions where it is asked for', async () => {
  const strict = new Lambda({ access: { enforceServices: true } });

  const target = await strict.createFunction({ name: 'resize', code });
  const notified = strict.createBucket('photos').notify({ events: ['s3:ObjectCreated:*'], target });
  await expect(notified).rejects.toThrow(
    'Unable to validate the following destination configurations',
  );
  await strict.close();
});

test('a principal may what its policies say', async () => {
  const lambda = new Lambda({
    access: {
      principals: [
        {
          accessKeyId: 'AKIAADA',
          secretAccessKey: 'ada-secret',
          arn: 'arn:aws:iam::123456789012:user/ada',
          policies: [
            {
              Version: '2012-10-17',
              Statement: {
                Effect: 'Allow',
                Action: 'lambda:Invoke*',
                Resource: 'arn:aws:lambda:*:*:function:resize:*',
              },
            },
          ],
        },
      ],
    },
  });
  const credentials = { accessKeyId: 'AKIAADA', secretAccessKey: 'ada-secret' };
  const client = new LambdaClient(awsClientConfig(lambda, { credentials }));

  const resize = await lambda.createFunction({ name: 'resize', code, cpuMs: 5_000 });
  await resize.publishVersion();
  const invoke = (FunctionName: string) => client.send(new InvokeCommand({ FunctionName }));
  expect((await invoke('resize:1')).StatusCode).toBe(200);
  expect((await refusal(invoke('resize'))).message).toBe(
    'User: arn:aws:iam::123456789012:user/ada is not authorized to perform: lambda:InvokeFunction on resource: ' +
      'arn:aws:lambda:us-east-1:123456789012:function:resize because no identity-based policy allows the ' +
      'lambda:InvokeFunction action',
  );
  client.destroy();
  await lambda.close();
});

test('the document has these examples', () => {
  expect(examplesMissing('access.md', import.meta.filename)).toEqual([]);
});
