import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What the stubs know as the only account; the handlers get the same through the environment. */
export const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'stub-session-token',
} as const;

export interface SignedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Checks AWS's signature, version 4; returns what is wrong or `undefined`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signatureFault(request: SignedRequest): string | undefined {
  const parsed =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    );
  if (parsed === null) return 'no AWS4-HMAC-SHA256 in the header Authorization';
  const [, keyId, day = '', region = '', service = '', names = '', signature] = parsed;
  if (keyId !== credentials.accessKeyId) return `unknown access key ${keyId}`;
  if (request.headers['x-amz-security-token'] !== credentials.sessionToken) {
    return 'the session token is missing';
  }

  const payloadHash = request.headers['x-amz-content-sha256'] ?? sha256(request.body);
  const isUnsigned = String(payloadHash).includes('UNSIGNED-PAYLOAD');
  if (!isUnsigned && payloadHash !== sha256(request.body)) return 'the hash of the body is wrong';

  const { pathname, searchParams } = new URL(request.url, 'http://stub');
  const query = [...searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const canonical = [
    request.method,
    // S3 alone signs the path as it was sent.
    service === 's3' ? pathname : pathname.split('/').map(encode).join('/'),
    query,
    ...names.split(';').map((name) => `${name}:${headerText(request.headers[name])}`),
    '',
    names,
    payloadHash,
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = `AWS4-HMAC-SHA256\n${headerText(request.headers['x-amz-date'])}\n${scope}\n${sha256(canonical)}`;
  let key: Buffer = Buffer.from(`AWS4${credentials.secretAccessKey}`);
  for (const step of [day, region, service, 'aws4_request', toSign]) {
    key = createHmac('sha256', key).update(step).digest();
  }
  return key.toString('hex') === signature ? undefined : 'the signature is wrong';
}

function headerText(value: string | string[] | undefined): string {
  const text = Array.isArray(value) ? value.join(',') : (value ?? '');
  return text.trim().replaceAll(/\s+/g, ' ');
}

function sha256(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex');
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
