import { describe, expect, onTestFinished, test } from 'vitest';
import { Lambda, type LambdaFunction } from '../../src/index.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { deploy, echo } from '../sources/http/fixture.ts';
import { presigned, signed, type Signing } from './signing.ts';

const keys = { accessKeyId: 'AKIAADA', secretAccessKey: 'ada-secret' };
const ada = 'arn:aws:iam::123456789012:user/ada';
const troubleshooting =
  'Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html';

async function host(authType: 'NONE' | 'AWS_IAM', actions: readonly string[]) {
  const clock = new VirtualClock();
  const statement = { Effect: 'Allow', Action: actions, Resource: '*' } as const;
  const policies = [{ Version: '2012-10-17', Statement: [statement] }] as const;
  const lambda = new Lambda({
    clock,
    blanks: 0,
    access: { principals: [{ ...keys, arn: ada, policies }] },
  });
  onTestFinished(() => lambda.close());
  const fn = await deploy(lambda, echo);
  const { url } = await fn.createUrl({ authType });
  return { lambda, clock, fn, url };
}

function requestTo(url: string, atMs: number): Signing {
  const { host: name } = new URL(url);
  const request = {
    method: 'POST',
    path: '/a/b',
    query: { q: ['x y', 'z'] },
    headers: { host: name },
  };
  return { ...keys, atMs, request };
}

async function answer(lambda: Lambda, url: string, init?: RequestInit): Promise<[number, string]> {
  const response = await lambda.fetch(url, init);
  return [response.status, await response.text()];
}

const message = (text: string): string => JSON.stringify({ Message: text });
const both = ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'];

describe('a URL with AWS_IAM', () => {
  async function send(
    { lambda, clock, url }: Awaited<ReturnType<typeof host>>,
    change: Partial<Signing> = {},
  ): Promise<[number, string]> {
    const { headers, body } = await signed({ ...requestTo(url, clock.now()), ...change });
    const { host: _, ...sent } = headers as Record<string, string>;
    const target = `${url}a/b?q=x%20y&q=z`;
    return answer(lambda, target, { method: 'POST', headers: sent, body: Buffer.from(body) });
  }

  test('takes who may use URLs and invoke, and tells the function who it is', async () => {
    const made = await host('AWS_IAM', both);
    const [status, text] = await send(made);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      requestContext: {
        accountId: '123456789012',
        authorizer: { iam: { accessKey: keys.accessKeyId, userArn: ada } },
      },
    });
  });

  test('takes a signature in the query', async () => {
    const { lambda, clock, url } = await host('AWS_IAM', both);
    const link = await presigned(requestTo(url, clock.now()), 60);
    const query = new URLSearchParams(
      Object.entries(link.query).flatMap(([name, value]) =>
        [value ?? ''].flat().map((one): [string, string] => [name, one]),
      ),
    );
    const [status] = await answer(lambda, `${url}a/b?${query.toString()}`, {
      method: 'POST',
      body: Buffer.from(link.body),
    });
    expect(status).toBe(200);
  });

  test.each(both)('refuses who has %s alone', async (action) => {
    expect(await send(await host('AWS_IAM', [action]))).toEqual([403, message(troubleshooting)]);
  });

  test('refuses who did not sign, or not with their key', async () => {
    const made = await host('AWS_IAM', both);
    expect(await answer(made.lambda, made.url)).toEqual([403, message('Forbidden')]);
    const [status, text] = await send(made, { secretAccessKey: 'guess' });
    expect([status, text]).toEqual([403, expect.stringContaining('does not match')]);
  });
});

describe('a URL with NONE', () => {
  const permit = async (fn: LambdaFunction): Promise<void> => {
    await fn.addPermission({
      statementId: 'url',
      principal: '*',
      action: 'lambda:InvokeFunctionUrl',
      functionUrlAuthType: 'NONE',
    });
    await fn.addPermission({
      statementId: 'invoke',
      principal: '*',
      invokedViaFunctionUrl: true,
    });
  };

  test('takes everybody once the function says so', async () => {
    const { lambda, fn, url } = await host('NONE', both);
    expect(await answer(lambda, url)).toEqual([403, message(troubleshooting)]);
    await permit(fn);
    expect((await answer(lambda, url))[0]).toBe(200);
  });
});
