import { describe, expect, test } from 'vitest';
import { AccessError } from '../../src/access/access-error.ts';
import { resolveAccess } from '../../src/access/access-options.ts';
import { authenticate } from '../../src/access/authenticate.ts';
import type { Credentials } from '../../src/core/credentials.ts';
import type { HttpRequestFacts } from '../../src/access/signed-request.ts';
import { presigned, signed, type Signing } from './signing.ts';

const atMs = Date.parse('2026-03-01T12:00:00Z');
const ada = { accessKeyId: 'AKIAADA', secretAccessKey: 'ada-secret', atMs };
const session = {
  accessKeyId: 'ASIAJOB',
  secretAccessKey: 'job-secret',
  sessionToken: 'job-token+/=',
  atMs,
};
const { principals = new Map() } = resolveAccess({
  principals: [
    { ...keysOf(ada), arn: 'arn:aws:iam::123456789012:user/ada' },
    { ...keysOf(session), arn: 'arn:aws:iam::123456789012:role/jobs/worker' },
  ],
});

function keysOf({ accessKeyId, secretAccessKey, sessionToken }: Signing): Credentials {
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

const minute = 60_000;

async function who(request: HttpRequestFacts, nowMs = atMs): Promise<string> {
  const { caller } = await authenticate(request, { principals, region: 'us-east-1', nowMs });
  return caller.userArn;
}

async function refused(
  request: HttpRequestFacts | Promise<HttpRequestFacts>,
  nowMs = atMs,
): Promise<string> {
  const error = await who(await request, nowMs).then(
    (arn) => {
      throw new Error(`Expected a refusal, found ${arn}`);
    },
    (problem: unknown) => problem,
  );
  if (!(error instanceof AccessError)) throw error;
  expect(error.awsStatus).toBe(403);
  return `${error.awsCode}: ${error.message}`;
}

/** With another value in the header `authorization`. */
async function withAuthorization(change: (value: string) => string): Promise<HttpRequestFacts> {
  const request = await signed(ada);
  const authorization = change(String(request.headers['authorization']));
  return { ...request, headers: { ...request.headers, authorization } };
}

const mismatch =
  'InvalidSignatureException: The request signature we calculated does not match the signature you provided. ' +
  'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';
const unknown =
  'UnrecognizedClientException: The security token included in the request is invalid.';

describe('a signed request', () => {
  test('tells who signed it: a user, or the session of a role', async () => {
    expect(await who(await signed(ada))).toBe('arn:aws:iam::123456789012:user/ada');
    expect(await who(await signed(session))).toBe(
      'arn:aws:sts::123456789012:assumed-role/worker/isolambda',
    );
  });

  test('may have an encoded path, an empty body, repeated parameters and spaces in headers', async () => {
    const request = {
      method: 'GET',
      path: '/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Af/policy',
      body: new Uint8Array(),
      headers: { 'x-amz-client-context': '  a   b ' },
    };
    const sent = await signed({ ...ada, request });
    expect(await who(sent)).toContain('ada');
    const repeated = { ...sent.headers, 'X-Amz-Client-Context': ['a', 'b'] };
    expect(await refused({ ...sent, headers: repeated })).toBe(mismatch);
  });

  test('may leave the body unsigned, if it says so', async () => {
    const request = { headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } };
    const sent = await signed({ ...ada, request });
    expect(await who({ ...sent, body: Buffer.from('another') })).toContain('ada');
  });

  test.each<[string, (request: HttpRequestFacts) => Partial<HttpRequestFacts>]>([
    ['body', () => ({ body: Buffer.from('{"id":8}') })],
    ['method', () => ({ method: 'DELETE' })],
    ['path', ({ path }) => ({ path: path.replace('orders', 'others') })],
    ['query', ({ query }) => ({ query: { ...query, Qualifier: '1' } })],
    ['host', ({ headers }) => ({ headers: { ...headers, host: 'localhost' } })],
    ['date', ({ headers }) => ({ headers: { ...headers, 'x-amz-date': '20260301T120001Z' } })],
  ])('with another %s is not what was signed', async (_, change) => {
    const request = await signed(ada);
    expect(await refused({ ...request, ...change(request) })).toBe(mismatch);
  });

  test('with the wrong secret is refused, and so is a key that nobody has', async () => {
    expect(await refused(signed({ ...ada, secretAccessKey: 'guess' }))).toBe(mismatch);
    expect(await refused(signed({ ...ada, accessKeyId: 'AKIANOBODY' }))).toBe(unknown);
  });

  test('needs the token of its session, and no other', async () => {
    const { sessionToken: _, ...tokenless } = session;
    expect(await refused(signed(tokenless))).toBe(unknown);
    expect(await refused(signed({ ...session, sessionToken: 'another' }))).toBe(unknown);
    expect(await refused(signed({ ...ada, sessionToken: 'another' }))).toBe(unknown);
  });

  test('holds for five minutes in both directions', async () => {
    const request = await signed(ada);
    expect(await who(request, atMs + 5 * minute)).toContain('ada');
    expect(await who(request, atMs - 5 * minute)).toContain('ada');
    expect(await refused(request, atMs + 5 * minute + 1_000)).toBe(
      'InvalidSignatureException: Signature expired: 20260301T120000Z is now earlier than 20260301T120001Z (20260301T120501Z - 5 min.)',
    );
    expect(await refused(request, atMs - 5 * minute - 1_000)).toBe(
      'InvalidSignatureException: Signature not yet current: 20260301T120000Z is still later than 20260301T115959Z (20260301T115459Z + 5 min.)',
    );
  });

  test.each<[string, Partial<Signing>, string]>([
    [
      'region',
      { region: 'eu-west-1' },
      "Credential should be scoped to a valid region, not 'eu-west-1'. ",
    ],
    ['service', { service: 's3' }, "Credential should be scoped to correct service: 'lambda'. "],
  ])('of another %s is refused', async (_, change, message) => {
    expect(await refused(signed({ ...ada, ...change }))).toBe(
      `InvalidSignatureException: ${message}`,
    );
  });

  test('of another day than its date is refused', async () => {
    const request = await withAuthorization((value) => value.replace('/20260301/', '/20260228/'));
    expect(await refused(request)).toBe(
      "InvalidSignatureException: Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20260228' != '20260301', from '20260301T120000Z'.",
    );
  });

  test('must have signed where it goes', async () => {
    const request = await withAuthorization((value) => value.replace('host;', ''));
    expect(await refused(request)).toBe(
      "InvalidSignatureException: 'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    );
  });
});

describe('half a signature', () => {
  test('without any there is no token', async () => {
    const request = await signed(ada);
    expect(await refused({ ...request, headers: { host: 'localhost' } })).toBe(
      'MissingAuthenticationTokenException: Missing Authentication Token',
    );
  });

  test.each<[string, (value: string) => string, string]>([
    [
      'without its parts',
      () => 'AWS4-HMAC-SHA256 SignedHeaders=host',
      "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter.",
    ],
    ['of another kind', () => 'Bearer abc', "Unsupported AWS 'algorithm': 'Bearer'."],
    [
      'without an equal sign',
      () => 'AWS4-HMAC-SHA256 Credential',
      "Invalid key=value pair (missing equal-sign) in Authorization header: 'Credential'.",
    ],
    [
      'whose credential is short',
      (value) => value.replace('/us-east-1', ''),
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKIAADA/20260301/lambda/aws4_request'.",
    ],
  ])('%s is incomplete', async (_, change, message) => {
    expect(await refused(withAuthorization(change))).toBe(
      `IncompleteSignatureException: ${message}`,
    );
  });

  test('needs a date, in a form that can be read', async () => {
    const request = await signed(ada);
    const { 'x-amz-date': _, ...dateless } = request.headers;
    expect(await refused({ ...request, headers: dateless })).toBe(
      "IncompleteSignatureException: Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    );
    expect(await refused({ ...request, headers: { ...dateless, 'x-amz-date': 'noon' } })).toBe(
      "IncompleteSignatureException: Date must be in ISO-8601 'basic format'. Got 'noon'. See http://en.wikipedia.org/wiki/ISO_8601",
    );
  });
});

describe('a presigned request', () => {
  test('holds until it expires', async () => {
    const request = await presigned(session, 600);
    expect(await who(request, atMs + 10 * minute)).toContain('worker');
    expect(await refused(request, atMs + 10 * minute + 1_000)).toBe(
      'InvalidSignatureException: Signature expired: 20260301T121000Z is now earlier than 20260301T121001Z',
    );
  });

  test('with another parameter is not what was signed', async () => {
    const request = await presigned(ada, 600);
    const query = { ...request.query, 'X-Amz-Expires': '3600' };
    expect(await refused({ ...request, query })).toBe(mismatch);
  });

  test.each<[string, Record<string, string | undefined>, string]>([
    [
      'parts',
      { 'X-Amz-Signature': undefined },
      "AWS query-string parameters must include 'X-Amz-Signature'.",
    ],
    [
      'time',
      { 'X-Amz-Expires': '604801' },
      'X-Amz-Expires must be a number of seconds from 0 to 604800.',
    ],
    ['algorithm', { 'X-Amz-Algorithm': 'none' }, "Unsupported AWS 'algorithm': 'none'."],
  ])('needs its %s', async (_, change, message) => {
    const request = await presigned(ada, 600);
    expect(await refused({ ...request, query: { ...request.query, ...change } })).toBe(
      `IncompleteSignatureException: ${message}`,
    );
  });
});
