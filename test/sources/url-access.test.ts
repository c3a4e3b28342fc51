import { expect, test } from 'vitest';
import { Lambda, type AccessPrincipal, type LambdaFunction } from '../../src/index.ts';
import { presigned, signed } from '../access/signing.ts';
import { deploy, echo } from './http/fixture.ts';

// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html

const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const ada = (actions: readonly string[]): AccessPrincipal => ({
  ...keys,
  arn: 'arn:aws:iam::123456789012:user/ada',
  policies: [
    {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: [...actions], Resource: '*' },
    },
  ],
});
const both = ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'];
const forbidden =
  'Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html';

async function ask(lambda: Lambda, url: string, secretAccessKey?: string): Promise<unknown[]> {
  const { host } = new URL(url);
  const headers =
    secretAccessKey === undefined
      ? {}
      : (
          await signed({
            ...keys,
            secretAccessKey,
            atMs: lambda.clock.now(),
            request: {
              method: 'POST',
              path: '/a%20b',
              headers: { host },
              query: { x: '1' },
              body: Buffer.from('{}'),
            },
          })
        ).headers;
  const init = { method: 'POST', headers: headers as Record<string, string>, body: '{}' };
  const response = await lambda.fetch(`${url}a%20b?x=1`, init);
  const { Message, requestContext } = (await response.json()) as {
    Message?: string;
    requestContext?: { authorizer?: { iam: { userArn: string } } };
  };
  return [response.status, Message ?? requestContext?.authorizer?.iam.userArn];
}

async function withUrl(
  lambda: Lambda,
  authType: 'NONE' | 'AWS_IAM',
): Promise<{ fn: LambdaFunction; url: string }> {
  const fn = await deploy(lambda, echo);
  return { fn, url: (await fn.createUrl({ authType })).url };
}

test('AWS_IAM takes the signature of somebody whose policies allow both actions', async () => {
  await using lambda = new Lambda({ access: { principals: [ada(both)] } });
  const { url } = await withUrl(lambda, 'AWS_IAM');
  expect(await ask(lambda, url, keys.secretAccessKey)).toEqual([
    200,
    'arn:aws:iam::123456789012:user/ada',
  ]);
  expect(await ask(lambda, url)).toEqual([403, 'Forbidden']);
  expect(await ask(lambda, url, 'guessed')).toEqual([
    403,
    expect.stringContaining('The request signature we calculated does not match'),
  ]);
});

test('one action of the two is not enough', async () => {
  for (const action of both) {
    await using lambda = new Lambda({ access: { principals: [ada([action])] } });
    const { url } = await withUrl(lambda, 'AWS_IAM');
    expect(await ask(lambda, url, keys.secretAccessKey)).toEqual([403, forbidden]);
  }
});

test('NONE wants permissions for everybody, once there are principals', async () => {
  await using lambda = new Lambda({ access: { principals: [] } });
  const { fn, url } = await withUrl(lambda, 'NONE');
  expect(await ask(lambda, url)).toEqual([403, forbidden]);
  await fn.addPermission({
    statementId: 'url',
    principal: '*',
    action: 'lambda:InvokeFunctionUrl',
    functionUrlAuthType: 'NONE',
  });
  expect(await ask(lambda, url)).toEqual([403, forbidden]);
  await fn.addPermission({ statementId: 'invoke', principal: '*', invokedViaFunctionUrl: true });
  expect((await ask(lambda, url))[0]).toBe(200);
});

test('AWS_IAM takes a signature in the query', async () => {
  await using lambda = new Lambda({ access: { principals: [ada(both)] } });
  const { url } = await withUrl(lambda, 'AWS_IAM');
  const request = { method: 'GET', path: '/a', headers: { host: new URL(url).host }, query: {} };
  const body = new Uint8Array();
  const signing = { ...keys, atMs: lambda.clock.now(), request: { ...request, body } };
  const { query } = await presigned(signing, 60);
  const link = new URL(`${url}a`);
  for (const [name, value] of Object.entries(query)) link.searchParams.set(name, String(value));
  expect((await lambda.fetch(link)).status).toBe(200);
  link.searchParams.set('X-Amz-Expires', '3600');
  expect((await lambda.fetch(link)).status).toBe(403);
});
