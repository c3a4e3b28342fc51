import { AccessError } from './access-error.ts';

/** A request of HTTP as it came. */
export interface HttpRequestFacts {
  readonly method: string;
  /** Percent-encoded as it came, without the query. */
  readonly path: string;
  /** Decoded. */
  readonly query: Readonly<Record<string, string | readonly string[] | null | undefined>>;
  /** Names in any case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

/** What a request says of its signature. */
export interface SignedRequest {
  readonly accessKeyId: string;
  /** As signed: `20260101/us-east-1/lambda/aws4_request`. */
  readonly scope: CredentialScope;
  /** Names in lower case. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** ISO 8601 without dashes and colons. */
  readonly date: string;
  readonly sessionToken: string | undefined;
  /** How long a presigned request holds; undefined for one that is signed in its headers. */
  readonly expiresMs: number | undefined;
}

export interface CredentialScope {
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
}

const algorithm = 'AWS4-HMAC-SHA256';
/** A week. */
const longestExpiry = 604_800;

/** Headers by name in lower case; several of one name become one, as in a signature. */
export function headersOf({ headers }: HttpRequestFacts): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    found.set(name.toLowerCase(), typeof value === 'string' ? value : value.join(','));
  }
  return found;
}

/** Reads the signature in the headers or in the query. @throws {AccessError} when there is none, or only half of one */
export function readSignedRequest(
  request: HttpRequestFacts,
  headers: ReadonlyMap<string, string>,
): SignedRequest {
  const authorization = headers.get('authorization');
  if (authorization !== undefined) return readHeader(authorization, headers);
  if (queryOf(request, 'X-Amz-Algorithm') !== undefined) return readQuery(request);
  throw new AccessError('MissingAuthenticationTokenException', 'Missing Authentication Token');
}

function readHeader(authorization: string, headers: ReadonlyMap<string, string>): SignedRequest {
  const [name = '', ...rest] = authorization.trim().split(' ');
  if (name !== algorithm) throw incomplete(`Unsupported AWS 'algorithm': '${name}'.`);
  const parts = new Map(
    rest
      .join(' ')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map((part) => {
        const at = part.indexOf('=');
        if (at !== -1) return [part.slice(0, at), part.slice(at + 1)] as const;
        throw incomplete(
          `Invalid key=value pair (missing equal-sign) in Authorization header: '${part}'.`,
        );
      }),
  );
  const date = headers.get('x-amz-date') ?? headers.get('date');
  const missing = ['Credential', 'Signature', 'SignedHeaders']
    .filter((key) => parts.get(key) === undefined)
    .map((key) => `Authorization header requires '${key}' parameter.`);
  if (date === undefined) {
    missing.push(
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    );
  }
  if (missing.length > 0) throw incomplete(missing.join(' '));
  return {
    ...readCredential(parts.get('Credential') ?? ''),
    signedHeaders: readNames(parts.get('SignedHeaders') ?? ''),
    signature: parts.get('Signature') ?? '',
    date: readDate(date ?? ''),
    sessionToken: headers.get('x-amz-security-token'),
    expiresMs: undefined,
  };
}

function readQuery(request: HttpRequestFacts): SignedRequest {
  const name = queryOf(request, 'X-Amz-Algorithm') ?? '';
  if (name !== algorithm) throw incomplete(`Unsupported AWS 'algorithm': '${name}'.`);
  const needed = ['Credential', 'Signature', 'SignedHeaders', 'Date', 'Expires'] as const;
  const missing = needed
    .filter((key) => queryOf(request, `X-Amz-${key}`) === undefined)
    .map((key) => `AWS query-string parameters must include 'X-Amz-${key}'.`);
  if (missing.length > 0) throw incomplete(missing.join(' '));
  const expires = queryOf(request, 'X-Amz-Expires') ?? '';
  if (!/^\d{1,6}$/.test(expires) || Number(expires) > longestExpiry) {
    throw incomplete(`X-Amz-Expires must be a number of seconds from 0 to ${longestExpiry}.`);
  }
  return {
    ...readCredential(queryOf(request, 'X-Amz-Credential') ?? ''),
    signedHeaders: readNames(queryOf(request, 'X-Amz-SignedHeaders') ?? ''),
    signature: queryOf(request, 'X-Amz-Signature') ?? '',
    date: readDate(queryOf(request, 'X-Amz-Date') ?? ''),
    sessionToken: queryOf(request, 'X-Amz-Security-Token'),
    expiresMs: Number(expires) * 1_000,
  };
}

function queryOf({ query }: HttpRequestFacts, name: string): string | undefined {
  const value = query[name];
  if (typeof value === 'string') return value;
  // Twice the same parameter is no signature.
  return value?.length === 1 ? value[0] : undefined;
}

function readCredential(credential: string): Pick<SignedRequest, 'accessKeyId' | 'scope'> {
  const parts = credential.split('/');
  const [date, region, service, terminator] = parts.slice(-4);
  const accessKeyId = parts.slice(0, -4).join('/');
  if (accessKeyId === '' || terminator === undefined) {
    throw incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'.`,
    );
  }
  const scope = { date: date ?? '', region: region ?? '', service: service ?? '', terminator };
  return { accessKeyId, scope };
}

function readNames(text: string): readonly string[] {
  return text.split(';').map((name) => name.toLowerCase());
}

/** The header `Date` may have the form of mail, which is brought into the one that is signed. */
function readDate(text: string): string {
  if (/^\d{8}T\d{6}Z$/.test(text)) return text;
  const atMs = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs)) {
    throw incomplete(
      `Date must be in ISO-8601 'basic format'. Got '${text}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    );
  }
  return basicDate(atMs);
}

/** ISO 8601 without dashes, colons and milliseconds. */
export function basicDate(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/** Milliseconds since the epoch. */
export function readBasicDate(date: string): number {
  const iso = date.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, '$1-$2-$3T$4:$5:$6Z');
  return Date.parse(iso);
}

function incomplete(message: string): AccessError {
  return new AccessError('IncompleteSignatureException', message);
}
