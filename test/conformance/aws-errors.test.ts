import { zipSync } from 'fflate';
import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import { doorOf } from '../../src/aws/door.ts';
import { Lambda } from '../../src/lambda.ts';

/**
 * What was recorded of AWS's API, over the wire: status, `x-amzn-ErrorType` and the text, in the field in which AWS
 * has it. https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html
 */

const functions = '/2015-03-31/functions';
const here = 'arn:aws:lambda:us-east-1:123456789012';
const arn = `${here}:function:f`;

const code = (source: string): string =>
  Buffer.from(zipSync({ 'index.js': Buffer.from(source) })).toString('base64');
const ZipFile = code('exports.handler = async (event) => event;');
const creation = {
  FunctionName: 'g',
  Runtime: 'nodejs24.x',
  Handler: 'index.handler',
  Role: 'arn:aws:iam::123456789012:role/r',
  Code: { ZipFile },
};

let lambda: Lambda;

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | Uint8Array | string;
}

interface Answered {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: Record<string, unknown>;
}

async function ask({ method, path, query = {}, headers = {}, body }: Asked): Promise<Answered> {
  const isPlain = typeof body === 'string' || body === undefined;
  const bytes =
    body instanceof Uint8Array ? body : Buffer.from(isPlain ? (body ?? '') : JSON.stringify(body));
  const answer = await doorOf(lambda).handle({ method, path, query, headers, body: bytes });
  const text = typeof answer.body === 'string' ? answer.body : '';
  return {
    status: answer.status,
    type: answer.headers['x-amzn-errortype'],
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

beforeAll(async () => {
  lambda = new Lambda({ blanks: 0, concurrency: 1_000 });
  const source = 'exports.handler = async (event) => event';
  const fn = await lambda.createFunction({ name: 'f', code: { source }, cpuMs: 5_000 });
  await fn.publishVersion();
  await fn.createAlias('live', { version: '1' });
  const zip = Buffer.from(ZipFile, 'base64');
  await lambda.publishLayer({ name: 'l', code: { zip } });
  await lambda.publishLayer({ name: 'l', code: { zip: Buffer.from(code('1'), 'base64') } });
  lambda.createBucket('code');
  await lambda.createFunction({ name: 'closed', code: { source }, reservedConcurrency: 0 });
});

afterAll(() => lambda.close());

type Row = [
  what: string,
  asked: Asked,
  status: number,
  type: string,
  message: string | RegExp | null,
];

/** Rows of one group; the name of the field of the text follows from the type. */
function held(rows: readonly Row[]): void {
  test.each<Row>([...rows])('%s', async (_what, asked, status, type, message) => {
    const answer = await ask(asked);
    expect({ status: answer.status, type: answer.type }).toEqual({ status, type });
    const field = capitalised.has(type) ? 'Message' : 'message';
    expect(Object.keys(answer.body).filter((key) => /^message$/i.test(key))).toEqual([field]);
    if (message instanceof RegExp) expect(answer.body[field]).toMatch(message);
    else expect(answer.body[field]).toBe(message);
    const isTyped = !['ValidationException', 'AccessDeniedException'].includes(type);
    expect(answer.body['Type']).toBe(isTyped ? 'User' : undefined);
  });
}

/** Of those in this file, whose text is in `Message`. */
const capitalised: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'CodeSigningConfigNotFoundException',
  'PublicPolicyException',
  'ResourceNotFoundException',
]);

const get = (path: string, query?: Record<string, string>): Asked => ({
  method: 'GET',
  path: functions + path,
  ...(query && { query }),
});
const post = (path: string, body: object | string, query?: Record<string, string>): Asked => ({
  method: 'POST',
  path: functions + path,
  body,
  ...(query && { query }),
});
const put = (path: string, body: object, query?: Record<string, string>): Asked => ({
  ...post(path, body, query),
  method: 'PUT',
});
const remove = (path: string, query?: Record<string, string>): Asked => ({
  ...get(path, query),
  method: 'DELETE',
});
const invoke = (body: Uint8Array | string, headers: Record<string, string> = {}): Asked => ({
  method: 'POST',
  path: `${functions}/f/invocations`,
  headers,
  body,
});

const notFound = 'ResourceNotFoundException';
const invalid = 'InvalidParameterValueException';
const conflict = 'ResourceConflictException';
const badContent = 'InvalidRequestContentException';
const tooLarge = 'RequestEntityTooLargeException';
const stale = { RevisionId: '00000000-0000-4000-8000-000000000000' };
const goneUrl = 'The resource you requested does not exist.';

describe('identifiers', () => {
  held([
    [
      'an unknown function',
      get('/nope'),
      404,
      notFound,
      `Function not found: ${here}:function:nope`,
    ],
    [
      'an unknown function, its configuration',
      get('/nope/configuration'),
      404,
      notFound,
      `Function not found: ${here}:function:nope`,
    ],
    [
      'an unknown version',
      get('/f', { Qualifier: '7' }),
      404,
      notFound,
      `Function not found: ${arn}:7`,
    ],
    [
      'another region',
      get('/arn:aws:lambda:eu-west-1:123456789012:function:f'),
      404,
      notFound,
      "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
    ],
    ['another account', get('/210987654321:function:f'), 403, 'AccessDeniedException', null],
    [
      'two qualifiers',
      get('/f:live', { Qualifier: '1' }),
      400,
      invalid,
      'The derived qualifier from the function name does not match the specified qualifier.',
    ],
    [
      'an unknown alias',
      get('/f/aliases/nope'),
      404,
      notFound,
      `Cannot find alias arn: ${arn}:nope`,
    ],
    [
      'an unknown alias that is to change',
      put('/f/aliases/nope', {}),
      404,
      notFound,
      `Alias not found: ${arn}:nope`,
    ],
    [
      'to invoke an unknown function',
      post('/nope/invocations', '{}'),
      404,
      notFound,
      `Function not found: ${here}:function:nope:$LATEST`,
    ],
    [
      'to invoke an unknown version',
      post('/f/invocations', '{}', { Qualifier: '7' }),
      404,
      notFound,
      `Function not found: ${arn}:7`,
    ],
    [
      'to invoke an unknown alias',
      post('/f/invocations', '{}', { Qualifier: 'nope' }),
      404,
      notFound,
      `Function not found: ${arn}:nope`,
    ],
  ]);
});

describe('payloads', () => {
  held([
    [
      'no JSON',
      invoke('nope'),
      400,
      badContent,
      /^Could not parse request body into json: Could not parse payload into json: /,
    ],
    [
      'no UTF-8',
      invoke(Buffer.from([0x22, 0xff, 0x22])),
      400,
      badContent,
      /^Could not parse request body into json: Could not parse payload into json: /,
    ],
    [
      'a byte too much',
      invoke(Buffer.alloc(6_291_457, 32)),
      413,
      tooLarge,
      '6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)',
    ],
    [
      'a byte too much of an event',
      invoke(Buffer.alloc(1_048_577, 32), { 'x-amz-invocation-type': 'Event' }),
      413,
      tooLarge,
      '1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)',
    ],
    [
      'too much of a request',
      post('', Buffer.alloc(70_167_212, 32)),
      413,
      tooLarge,
      'Request must be smaller than 70167211 bytes for the CreateFunction operation',
    ],
    [
      'a client context that is too long',
      invoke('{}', { 'x-amz-client-context': 'e'.repeat(3_584) }),
      400,
      badContent,
      /3583/,
    ],
    [
      'an unknown way to invoke',
      invoke('{}', { 'x-amz-invocation-type': 'event' }),
      400,
      'ValidationException',
      "1 validation error detected: Value 'event' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]",
    ],
  ]);

  test.each([
    ['an invocation', {}, 200],
    ['an event', { 'x-amz-invocation-type': 'Event' }, 202],
    ['a dry run', { 'x-amz-invocation-type': 'DryRun' }, 204],
  ])(
    '%s answers with its status; only invocations show a version',
    async (_what, headers, status) => {
      const body = Buffer.from('{}');
      const path = `${functions}/f/invocations`;
      const answer = await doorOf(lambda).handle({
        method: 'POST',
        path,
        query: {},
        headers,
        body,
      });
      expect(answer.status).toBe(status);
      expect(answer.headers['x-amz-executed-version']).toBe(status === 200 ? '$LATEST' : undefined);
      expect(answer.headers['x-amz-function-error']).toBeUndefined();
      expect(answer.headers['x-amzn-requestid']).toMatch(
        /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
      );
    },
  );
});

describe('functions and versions', () => {
  const layers = (n: number): string[] =>
    Array.from({ length: n }, (_, at) => `${here}:layer:l${at}:1`);
  held([
    [
      'a name that is taken',
      post('', { ...creation, FunctionName: 'f' }),
      409,
      conflict,
      'Function already exist: f',
    ],
    [
      'a zip that is none',
      post('', { ...creation, Code: { ZipFile: 'AAAA' } }),
      400,
      invalid,
      'Could not unzip uploaded file. Please check your file, then try to upload again.',
    ],
    [
      'a zip that is too large',
      post('', { ...creation, Code: { ZipFile: Buffer.alloc(52_428_801).toString('base64') } }),
      400,
      invalid,
      'Zipped size must be smaller than 52428800 bytes',
    ],
    [
      'code that a bucket does not have',
      post('', { ...creation, Code: { S3Bucket: 'code', S3Key: 'k' } }),
      400,
      invalid,
      'Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.',
    ],
    [
      'six layers',
      post('', { ...creation, Layers: layers(6) }),
      400,
      invalid,
      'Cannot reference more than 5 layers.',
    ],
    [
      'a layer that is not there',
      post('', { ...creation, Layers: [`${here}:layer:nope:1`] }),
      400,
      invalid,
      `Layer version ${here}:layer:nope:1 does not exist.`,
    ],
    [
      'a timeout of 0',
      post('', { ...creation, Timeout: 0 }),
      400,
      'ValidationException',
      "1 validation error detected: Value '0' at 'timeout' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'several violations',
      post('', { ...creation, Timeout: 0, MemorySize: 1 }),
      400,
      'ValidationException',
      /^2 validation errors detected: .*; .*/,
    ],
    [
      '$LATEST alone cannot go',
      remove('/f', { Qualifier: '$LATEST' }),
      400,
      invalid,
      '$LATEST version cannot be deleted without deleting the function.',
    ],
    ['a version that an alias names', remove('/f', { Qualifier: '1' }), 409, conflict, /live/],
    [
      'another hash of the code',
      post('/f/versions', { CodeSha256: 'x' }),
      400,
      invalid,
      /^CodeSHA256 \(x\) is different from current CodeSHA256 in \$LATEST \(.{44}\)\. Please try again with the CodeSHA256 in \$LATEST\.$/,
    ],
    [
      'a stale revision of a version',
      post('/f/versions', stale),
      412,
      'PreconditionFailedException',
      /RevisionId|Revision Id/i,
    ],
    [
      'a stale revision of the code',
      put('/f/code', { ZipFile, ...stale }),
      412,
      'PreconditionFailedException',
      /RevisionId|Revision Id/i,
    ],
    [
      'a stale revision of the configuration',
      put('/f/configuration', stale),
      412,
      'PreconditionFailedException',
      /RevisionId|Revision Id/i,
    ],
  ]);
});

describe('aliases', () => {
  const alias = (more: object) => post('/f/aliases', { Name: 'a', FunctionVersion: '1', ...more });
  const weights = (AdditionalVersionWeights: object) => ({
    RoutingConfig: { AdditionalVersionWeights },
  });
  held([
    [
      'a name that is taken',
      post('/f/aliases', { Name: 'live', FunctionVersion: '1' }),
      409,
      conflict,
      `Alias already exists: ${arn}:live`,
    ],
    [
      'two more versions',
      alias(weights({ 2: 0.1, 3: 0.1 })),
      400,
      invalid,
      'Number of items in AdditionalVersionWeights cannot be greater than 1',
    ],
    [
      'a version twice',
      alias(weights({ 1: 0.1 })),
      400,
      invalid,
      'Invalid function version 1. Function version 1 is already included in routing configuration.',
    ],
    [
      '$LATEST with a weight',
      post('/f/aliases', { Name: 'a', FunctionVersion: '$LATEST', ...weights({ 1: 0.1 }) }),
      400,
      invalid,
      '$LATEST is not supported for an alias pointing to more than 1 version',
    ],
    [
      'more than all',
      alias(weights({ 1: 1.1 })),
      400,
      'ValidationException',
      /Member must have value less than or equal to 1/,
    ],
    [
      'a version that is not there',
      alias({ FunctionVersion: '7' }),
      404,
      notFound,
      `Function not found: ${arn}:7`,
    ],
    ['a name of digits', alias({ Name: '12' }), 400, 'ValidationException', /at 'name'/],
    [
      'a stale revision',
      put('/f/aliases/live', stale),
      412,
      'PreconditionFailedException',
      /RevisionId|Revision Id/i,
    ],
  ]);
});

describe('policies, URLs, asynchronous settings, layers', () => {
  const permission = {
    StatementId: 's',
    Action: 'lambda:InvokeFunction',
    Principal: 's3.amazonaws.com',
  };
  const layer = '/2018-10-31/layers';
  held([
    [
      'a permission for $LATEST',
      post('/f/policy', permission, { Qualifier: '$LATEST' }),
      400,
      invalid,
      'We currently do not support adding policies for $LATEST.',
    ],
    [
      'a principal that is none',
      post('/f/policy', { ...permission, Principal: 'nobody' }),
      400,
      invalid,
      'The provided principal was invalid. Please check the principal and try again.',
    ],
    ['no policy', get('/f/policy'), 404, notFound, goneUrl],
    ['no URL', { method: 'GET', path: '/2021-10-31/functions/f/url' }, 404, notFound, goneUrl],
    [
      'a URL of a version',
      {
        method: 'POST',
        path: '/2021-10-31/functions/f/url',
        query: { Qualifier: '1' },
        body: { AuthType: 'NONE' },
      },
      400,
      'ValidationException',
      /at 'qualifier'/,
    ],
    [
      'no settings',
      { method: 'GET', path: '/2019-09-25/functions/f/event-invoke-config' },
      404,
      notFound,
      `The function ${arn}:$LATEST doesn't have an EventInvokeConfig`,
    ],
    [
      'nothing to set',
      { method: 'PUT', path: '/2019-09-25/functions/f/event-invoke-config', body: {} },
      400,
      invalid,
      'You must specify at least one of error handling or destination setting.',
    ],
    [
      'a version 0',
      { method: 'GET', path: `${layer}/l/versions/0` },
      400,
      invalid,
      'Layer Version Cannot be less than 1',
    ],
    [
      'an unknown version of a layer',
      { method: 'GET', path: `${layer}/l/versions/9` },
      404,
      notFound,
      goneUrl,
    ],
  ]);

  test('the last statement takes the policy with it; an unknown one is named', async () => {
    const added = await ask(post('/f/policy', permission));
    expect(added.status).toBe(201);
    expect(JSON.parse(added.body['Statement'] as string)).toEqual({
      Sid: 's',
      Effect: 'Allow',
      Principal: { Service: 's3.amazonaws.com' },
      Action: 'lambda:InvokeFunction',
      Resource: arn,
    });
    const again = await ask(post('/f/policy', permission));
    expect([again.status, again.type]).toEqual([409, conflict]);
    const unknown = await ask(remove('/f/policy/x'));
    expect(unknown.body['Message']).toBe('Statement x is not found in resource policy.');
    const document = await ask(get('/f/policy'));
    expect(JSON.parse(document.body['Policy'] as string)).toMatchObject({
      Version: '2012-10-17',
      Id: 'default',
    });
    expect((await ask(remove('/f/policy/s'))).status).toBe(204);
    expect((await ask(get('/f/policy'))).status).toBe(404);
  });
});

test('a throttled request has its reason beside the text', async () => {
  const answer = await ask(post('/closed/invocations', '{}'));
  expect(answer).toMatchObject({
    status: 429,
    type: 'TooManyRequestsException',
    body: {
      Type: 'User',
      message: 'Rate Exceeded.',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    },
  });
});
