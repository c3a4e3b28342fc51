import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { getSigningKey, SignatureV4Base } from '@smithy/signature-v4';
import { headersOf, type HttpRequestFacts, type SignedRequest } from './signed-request.ts';

const unsignedPayload = 'UNSIGNED-PAYLOAD';

/** The hash in the form that smithy asks for. */
class Sha256 {
  readonly #hash: { update(data: Uint8Array): unknown; digest(): Uint8Array };

  constructor(secret?: Parameters<typeof bytesOf>[0]) {
    this.#hash =
      secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

/**
 * What of a request is signed, by the rules that AWS's own clients sign with. Their `SignatureV4` signs anew, with
 * headers of its own choice; to verify, the headers are those that the request names.
 */
class CanonicalRequests extends SignatureV4Base {
  constructor() {
    const credentials = { accessKeyId: '', secretAccessKey: '' };
    super({ service: '', region: '', credentials, sha256: Sha256, applyChecksum: false });
  }

  of(request: HttpRequestFacts, signed: SignedRequest): string {
    const headers = headersOf(request);
    const canonical = Object.fromEntries(
      signed.signedHeaders.map((name) => [name, collapsed(headers.get(name) ?? '')]),
    );
    const query = Object.fromEntries(
      Object.entries(request.query)
        .filter(([, value]) => value !== undefined)
        // A name without `=` is signed as one without a value.
        .map(([name, value]) => [name, typeof value === 'string' ? value : [...(value ?? [''])]]),
    );
    const { method, path } = request;
    // Where the request goes to is signed as the header `host`.
    const place = { protocol: '', hostname: '' };
    const hash = payloadHash(request, headers.get('x-amz-content-sha256'));
    return this.createCanonicalRequest(
      { ...place, method, path, headers: {}, query },
      canonical,
      hash,
    );
  }
}

const requests: CanonicalRequests = new CanonicalRequests();

/** Whether a secret key made the signature of a request. Takes the same time whatever is wrong. */
export async function isSignedBy(
  secretAccessKey: string,
  request: HttpRequestFacts,
  signed: SignedRequest,
): Promise<boolean> {
  const { accessKeyId, scope, date, signature } = signed;
  const { date: day, region, service, terminator } = scope;
  const credentials = { accessKeyId, secretAccessKey };
  const key = await getSigningKey(Sha256, credentials, day, region, service);
  const hashed = createHash('sha256').update(requests.of(request, signed)).digest('hex');
  const scopeText = [day, region, service, terminator].join('/');
  const text = ['AWS4-HMAC-SHA256', date, scopeText, hashed].join('\n');
  const expected = createHmac('sha256', key).update(text).digest();
  const given = Buffer.from(signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** The hash of the body that came, whatever the header says of it, unless it says that the body is not signed. */
function payloadHash({ body }: HttpRequestFacts, header: string | undefined): string {
  if (header === unsignedPayload) return unsignedPayload;
  return createHash('sha256').update(body).digest('hex');
}

function collapsed(value: string): string {
  return value.trim().replaceAll(/\s+/g, ' ');
}

function bytesOf(source: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof source === 'string') return Buffer.from(source);
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
}
