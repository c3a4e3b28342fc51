import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DeleteFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { describe, expect, onTestFinished, test } from 'vitest';
import { project } from './project.ts';
import { runCli } from './run-cli.ts';
import { serving, type Serving } from './serving.ts';

const hello = `exports.handler = async (event) => {
  console.log('asked\\nby', event.name);
  if (event.fail) throw new RangeError('no');
  return 'Hello ' + event.name + (process.env.SIGN ?? '') };`;
const generous = ['--timeout', '30', '--cpu', '30000'];

const apiTemplate = (path: string): string => `
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: "exports.handler = async ({ pathParameters }) => pathParameters.id"
      Handler: index.handler
      Runtime: nodejs24.x
      Timeout: 30
      Events:
        Get: { Type: HttpApi, Properties: { Method: get, Path: '${path}' } }
`;

function clientOf({ ready }: Serving, keys = { accessKeyId: 'a', secretAccessKey: 's' }) {
  const client = new LambdaClient({
    endpoint: ready.endpoint,
    region: 'us-east-1',
    credentials: keys,
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  return client;
}

async function invoked(
  client: LambdaClient,
  FunctionName: string,
  event: object,
): Promise<unknown> {
  const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) });
  const { Payload } = await client.send(command);
  return JSON.parse(Payload?.transformToString() ?? 'null') as unknown;
}

describe('serve', () => {
  test("AWS's client reaches the functions of files, and what they do is told", async () => {
    const cwd = project({ 'hello/index.js': hello });
    const server = await serving(['hello', '--env', 'SIGN=!', ...generous], { cwd });
    expect(server.ready).toMatchObject({
      endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      region: 'us-east-1',
      accountId: '123456789012',
      functions: [{ name: 'hello', runtime: 'nodejs24.x', memoryMb: 128, timeoutMs: 30_000 }],
    });
    const client = clientOf(server);
    expect(await invoked(client, 'hello', { name: 'Ada' })).toBe('Hello Ada!');
    expect(await server.next('happened')).toMatchObject({
      functionName: 'hello',
      weight: 'plain',
      text: 'INFO asked\nby Ada',
    });
    expect(await server.next('happened')).toMatchObject({
      weight: 'aside',
      text: expect.stringMatching(/^ok {2}[\d.]+ ms, init [\d.]+ ms, \d+ of 128 MB$/),
    });
    await invoked(client, 'hello', { fail: true });
    await server.next('happened');
    expect(await server.next('happened')).toMatchObject({ weight: 'error' });
    expect(await server.next('happened')).toMatchObject({
      weight: 'error',
      text: expect.stringMatching(/^failed: RangeError: no {2}/),
    });
    expect(await server.stop()).toMatchObject({ code: 0 });
  });

  test('a template is deployed with region and account, function URLs answer on the same port', async () => {
    const template = `
Transform: AWS::Serverless-2016-10-31
Resources:
  Page:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: "exports.handler = async ({ rawPath }) => 'page ' + rawPath"
      Handler: index.handler
      Runtime: nodejs24.x
      Timeout: 30
      FunctionUrlConfig: { AuthType: NONE }
  Odd:
    Type: AWS::Neptune::DBCluster
Outputs:
  PageArn: { Value: !GetAtt Page.Arn }
`;
    const cwd = project({ 'template.yaml': template });
    const where = ['--region', 'eu-west-1', '--account', '210987654321', '--cpu', '30000'];
    const server = await serving(where, { cwd });
    expect(await server.next('warning')).toMatchObject({
      message: expect.stringContaining('AWS::Neptune::DBCluster'),
    });
    const { functions, endpoint, outputs } = server.ready;
    expect(outputs).toEqual({ PageArn: 'arn:aws:lambda:eu-west-1:210987654321:function:Page' });
    expect(functions).toMatchObject([
      {
        name: 'Page',
        urls: [expect.stringMatching(/^http:\/\/\w+\.lambda-url\.eu-west-1\.localhost:\d+\/$/)],
      },
    ]);
    const url = new URL(functions[0]?.urls[0] ?? '');
    // Not every system finds names below localhost, so the name goes into the header.
    const answered = await asked(`${endpoint}/deep?a=1`, url.host);
    expect(answered).toEqual({ status: 200, body: 'page /deep' });
    expect(await server.next('answered')).toMatchObject({ path: '/deep?a=1', status: 200 });
  });

  test('the only API of a template answers at the same address, beside the API of AWS', async () => {
    const cwd = project({ 'template.yaml': apiTemplate('/orders/{id}') });
    const server = await serving(['--cpu', '30000'], { cwd });
    const { endpoint, apis, functions } = server.ready;
    expect(apis).toMatchObject([
      { url: `${endpoint}/`, routes: [{ method: 'GET', path: '/orders/{id}' }] },
    ]);
    const response = await fetch(`${endpoint}/orders/7?full=1`);
    expect([response.status, await response.text()]).toEqual([200, '7']);
    const missing = await fetch(`${endpoint}/nowhere`);
    expect(missing.status).toBe(404);
    expect(functions.map(({ name }) => name)).toEqual(['Orders']);
    const listed = await clientOf(server).send(new ListFunctionsCommand({}));
    expect(listed.Functions).toHaveLength(1);
    expect(await server.next('answered')).toMatchObject({ method: 'GET', status: 200 });
  });

  test('a template that changes is deployed again: routes move, functions come and go', async () => {
    const cwd = project({ 'template.yaml': apiTemplate('/orders/{id}') });
    const server = await serving(['--watch', '--cpu', '30000'], { cwd });
    const { endpoint } = server.ready;
    await server.next('watching');
    const moved = apiTemplate('/items/{id}').replaceAll('Orders', 'Items');
    writeFileSync(join(cwd, 'template.yaml'), moved);
    expect(await server.next('reloaded')).toMatchObject({ name: join(cwd, 'template.yaml') });
    expect(await (await fetch(`${endpoint}/items/8`)).text()).toBe('8');
    expect((await fetch(`${endpoint}/orders/8`)).status).toBe(404);
    const { Functions } = await clientOf(server).send(new ListFunctionsCommand({}));
    expect(Functions?.map(({ FunctionName }) => FunctionName)).toEqual(['Items']);

    writeFileSync(join(cwd, 'template.yaml'), 'Resources: [');
    expect(await server.next('broken')).toMatchObject({
      message: expect.stringContaining('template.yaml'),
    });
    expect(await (await fetch(`${endpoint}/items/9`)).text()).toBe('9');
  });

  test('functions of a template follow their own files, also when a client deletes a neighbour', async () => {
    const fn = (name: string): string => `
  ${name}:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: ${name}/, Handler: index.handler, Runtime: nodejs24.x, Timeout: 30 }`;
    const cwd = project({
      'template.yaml': `Transform: AWS::Serverless-2016-10-31\nResources:${fn('One')}${fn('Two')}\n`,
      'One/index.js': 'exports.handler = async () => process.env.SIGN + 1',
      'Two/index.js': 'exports.handler = async () => process.env.SIGN + 2',
    });
    const server = await serving(['--watch', '--cpu', '30000', '--env', 'SIGN=v'], { cwd });
    const client = clientOf(server);
    await server.next('watching');
    writeFileSync(join(cwd, 'Two/index.js'), 'exports.handler = async () => process.env.SIGN + 3');
    expect(await server.next('reloaded')).toMatchObject({ name: 'Two' });
    expect(await invoked(client, 'Two', {})).toBe('v3');

    await client.send(new DeleteFunctionCommand({ FunctionName: 'One' }));
    writeFileSync(join(cwd, 'Two/index.js'), 'exports.handler = async () => process.env.SIGN + 4');
    expect(await server.next('reloaded')).toMatchObject({ name: 'Two' });
    expect(await invoked(client, 'Two', {})).toBe('v4');
    const { stdout } = await server.stop();
    expect(stdout.match(/"type":"reloaded"/g)).toHaveLength(2);
  });

  test('with keys, requests have to be signed', async () => {
    const cwd = project({ 'hello/index.js': hello });
    const argv = ['hello', '--access-key', 'AKIDEXAMPLE1', '--secret-key', 'secret', ...generous];
    const server = await serving(argv, { cwd });
    const good = { accessKeyId: 'AKIDEXAMPLE1', secretAccessKey: 'secret' };
    const listed = await clientOf(server, good).send(new ListFunctionsCommand({}));
    expect(listed.Functions).toHaveLength(1);
    const bad = clientOf(server, { ...good, secretAccessKey: 'guess' });
    await expect(bad.send(new ListFunctionsCommand({}))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('--storage keeps functions; a file of the same name brings one up to date', async () => {
    const cwd = project({ 'hello/index.js': hello });
    const argv = ['--storage', 'lambda.db', ...generous];
    const first = await serving(['hello', ...argv], { cwd });
    await first.stop();
    const second = await serving(argv, { cwd });
    expect(second.ready.functions.map(({ name }) => name)).toEqual(['hello']);
    expect(await invoked(clientOf(second), 'hello', { name: 'again' })).toBe('Hello again');
    await second.stop();
    writeFileSync(join(cwd, 'hello/index.js'), 'exports.handler = async () => "new"');
    const third = await serving(['hello', ...argv], { cwd });
    expect(await invoked(clientOf(third), 'hello', {})).toBe('new');
  });

  test('--watch follows an import that comes in, keeps the old code over a mistake, and mends', async () => {
    const cwd = project({ 'main.ts': 'export const handler = async () => "one";' });
    const server = await serving(['main.ts', '--watch', ...generous], { cwd });
    const client = clientOf(server);
    expect(await server.next('watching')).toMatchObject({ files: 1 });
    expect(await invoked(client, 'main', {})).toBe('one');

    writeFileSync(join(cwd, 'main.ts'), 'export { handler } from "./part.ts";');
    expect(await server.next('broken')).toMatchObject({
      name: 'main',
      message: expect.stringContaining('./part.ts'),
    });
    expect(await invoked(client, 'main', {})).toBe('one');

    writeFileSync(join(cwd, 'part.ts'), 'export const handler = async () => "two";');
    expect(await server.next('reloaded')).toMatchObject({ name: 'main' });
    expect(await invoked(client, 'main', {})).toBe('two');

    writeFileSync(join(cwd, 'part.ts'), 'export const handler = async () => "three";');
    await server.next('reloaded');
    expect(await invoked(client, 'main', {})).toBe('three');
  });
});

describe('a server that cannot start', () => {
  test('a port in use is named, with what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const port = String((other.address() as AddressInfo).port);
    const ended = await runCli(['serve', '--port', port], { cwd: project({}) });
    expect(ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/`port` to be a port that is free.*0 takes a free one/),
    });
  });

  test.each([
    [['--host', '203.0.113.1'], 1, /`host` to be an address of this machine/],
    [['--port', '70000'], 2, /'-p, --port <port>' argument '70000' is invalid.*0 to 65535/],
    [['--access-key', 'A'], 2, /--access-key and --secret-key go together/],
    [['nothing.ts'], 1, /no file or folder at/],
    [['-t', 'none.yaml'], 1, /This template cannot be read/],
    [['--region', 'Mars!'], 1, /`region`/],
    [['--storage', 'no/such/folder/x.db'], 1, /no\/such\/folder/],
  ])('%j is refused with code %d', async (argv, code, message) => {
    const ended = await runCli(['serve', ...argv], { cwd: project({}) });
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
  });

  test('an address that others reach is warned of, unless requests are signed', async () => {
    const cwd = project({});
    const open = await serving(['--host', '0.0.0.0'], { cwd });
    expect(await open.next('warning')).toMatchObject({
      message: expect.stringMatching(/whoever reaches 0\.0\.0\.0 may deploy code and run it/),
    });
    const keys = ['--access-key', 'AKIDEXAMPLE1', '--secret-key', 'secret'];
    const signed = await serving(['--host', '0.0.0.0', ...keys], { cwd });
    expect((await signed.stop()).stdout).not.toContain('"warning"');
  });
});

describe('what people see', () => {
  test('a table with a line for the AWS CLI, then one line for each event', async () => {
    const stop = new AbortController();
    const cwd = project({ 'hello/index.js': hello });
    let called: Promise<Response> | undefined;
    const ended = await runCli(['serve', 'hello', '--port', '0', ...generous], {
      cwd,
      signal: stop.signal,
      onWrite: (text) => {
        const endpoint = /AWS endpoint {2}(\S+)/.exec(text)?.[1];
        const path = '2015-03-31/functions/hello/invocations';
        if (endpoint !== undefined) {
          called = fetch(`${endpoint}/${path}`, { method: 'POST', body: '{"name":"Ada"}' });
        }
        if (text.includes('ok  ')) stop.abort();
      },
    });
    expect(await (await called)?.json()).toBe('Hello Ada');
    expect(ended.stdout.replaceAll(/127\.0\.0\.1:\d+/g, 'HERE')).toBe(`\
AWS endpoint  http://HERE  (us-east-1, account 123456789012)

Functions
  hello     nodejs24.x  128 MB  30 s

Try it
  aws lambda invoke --endpoint-url http://HERE --region us-east-1 --no-sign-request --function-name hello /dev/stdout

`);
    expect(ended.stderr).toMatch(/^\d\d:\d\d:\d\d\.\d{3} hello [0-9a-f]{8} INFO asked\nby Ada\n/);
    expect(ended.stderr).toMatch(/ok {2}[\d.]+ ms, init [\d.]+ ms, \d+ of 128 MB\nEnding: /);
  });
});

/** A request to a host that is not looked up. */
async function asked(url: string, host: string): Promise<{ status: number; body: string }> {
  const { request } = await import('node:http');
  const { text } = await import('node:stream/consumers');
  const sent = request(url, { headers: { host } }).end();
  const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  return { status: response.statusCode ?? 0, body: await text(response) };
}
