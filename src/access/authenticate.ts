import { timingSafeEqual } from 'node:crypto';
import { AccessError } from './access-error.ts';
import type { ResolvedPrincipal } from './access-options.ts';
import {
  basicDate,
  headersOf,
  readBasicDate,
  readSignedRequest,
  type HttpRequestFacts,
  type SignedRequest,
} from './signed-request.ts';

/** How far a client's clock may be off. */
const skewMs = 300_000;

export interface AuthenticationFacts {
  readonly principals: ReadonlyMap<string, ResolvedPrincipal>;
  readonly region: string;
  readonly nowMs: number;
}

/**
 * Finds who signed a request with version 4 of AWS's signatures, in its headers or presigned in its query.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 * @throws {AccessError} in AWS's words
 */
export async function authenticate(
  request: HttpRequestFacts,
  { principals, region, nowMs }: AuthenticationFacts,
): Promise<ResolvedPrincipal> {
  const headers = headersOf(request);
  const signed = readSignedRequest(request, headers);
  const principal = principals.get(signed.accessKeyId);
  if (principal === undefined || !isSame(principal.credentials.sessionToken, signed.sessionToken)) {
    throw new AccessError(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    );
  }
  checkScope(signed, region);
  checkHost(signed);
  checkHeaders(signed, headers.keys());
  checkTime(signed, nowMs);
  // Loaded by the first request that needs it: most `Lambda`s have no principals.
  const { isSignedBy } = await import('./canonical-request.ts');
  if (await isSignedBy(principal.credentials.secretAccessKey, request, signed)) return principal;
  throw invalid(
    'The request signature we calculated does not match the signature you provided. ' +
      'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  );
}

function checkScope({ scope, date }: SignedRequest, region: string): void {
  if (scope.terminator !== 'aws4_request') {
    throw invalid(
      `Credential should be scoped with a valid terminator: 'aws4_request', not '${scope.terminator}'.`,
    );
  }
  if (scope.region !== region) {
    throw invalid(`Credential should be scoped to a valid region, not '${scope.region}'. `);
  }
  if (scope.service !== 'lambda') {
    throw invalid(`Credential should be scoped to correct service: 'lambda'. `);
  }
  if (scope.date !== date.slice(0, 8)) {
    throw invalid(
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
        `'${scope.date}' != '${date.slice(0, 8)}', from '${date}'.`,
    );
  }
}

/** A request that is sent on to another host is another request. */
function checkHost({ signedHeaders }: SignedRequest): void {
  if (signedHeaders.includes('host')) return;
  throw invalid(`'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.`);
}

/** Signed in other ways than by their names, or of no effect. */
const mayBeUnsigned: ReadonlySet<string> = new Set([
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-user-agent',
]);

/** What changes the meaning of a request must not be added to it on its way, or to a link by whoever has it. */
function checkHeaders({ signedHeaders }: SignedRequest, names: Iterable<string>): void {
  for (const name of names) {
    if (!name.startsWith('x-amz-') || mayBeUnsigned.has(name)) continue;
    if (signedHeaders.includes(name)) continue;
    throw invalid(`'${name}' must be a 'SignedHeader' in the AWS Authorization.`);
  }
}

function checkTime({ date, expiresMs }: SignedRequest, nowMs: number): void {
  const signedMs = readBasicDate(date);
  const now = basicDate(nowMs);
  if (!(signedMs <= nowMs + skewMs)) {
    throw invalid(
      `Signature not yet current: ${date} is still later than ${basicDate(nowMs + skewMs)} (${now} + 5 min.)`,
    );
  }
  if (signedMs + (expiresMs ?? skewMs) < nowMs) {
    throw invalid(
      expiresMs === undefined
        ? `Signature expired: ${date} is now earlier than ${basicDate(nowMs - skewMs)} (${now} - 5 min.)`
        : `Signature expired: ${basicDate(signedMs + expiresMs)} is now earlier than ${now}`,
    );
  }
}

function isSame(expected: string | undefined, given: string | undefined): boolean {
  if (expected === undefined || given === undefined) return expected === given;
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function invalid(message: string): AccessError {
  return new AccessError('InvalidSignatureException', message);
}
