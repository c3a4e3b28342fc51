import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { HttpRequestFacts } from '../../src/access/signed-request.ts';

class Sha256 {
  readonly #hash: { update(data: Uint8Array): unknown; digest(): Uint8Array };

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined
        ? createHash('sha256')
        : createHmac('sha256', secret as string | NodeJS.ArrayBufferView);
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

export interface Signing {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly atMs: number;
  readonly region?: string;
  readonly service?: string;
  readonly request?: Partial<HttpRequestFacts>;
}

const path = '/2015-03-31/functions/orders/invocations';

/** A request as AWS's clients sign it. */
export async function signed(signing: Signing): Promise<HttpRequestFacts> {
  const { request, body } = requestOf(signing);
  const { headers, query = {} } = await signerOf(signing).sign(request, {
    signingDate: new Date(signing.atMs),
  });
  return { ...request, headers, query, body };
}

/** The same as a link. */
export async function presigned(signing: Signing, expiresIn: number): Promise<HttpRequestFacts> {
  const { request, body } = requestOf(signing);
  const { headers, query = {} } = await signerOf(signing).presign(request, {
    signingDate: new Date(signing.atMs),
    expiresIn,
  });
  return { ...request, headers, query, body };
}

function requestOf({ request = {} }: Signing) {
  const body = request.body ?? Buffer.from('{"id":7}');
  return {
    body,
    request: {
      method: 'POST',
      path,
      protocol: 'https:',
      hostname: 'lambda.us-east-1.amazonaws.com',
      query: { Qualifier: 'live', tag: ['b c', 'a'] },
      body,
      ...(request as object),
      headers: { host: 'lambda.us-east-1.amazonaws.com', ...(request.headers as object) },
    },
  };
}

function signerOf({
  accessKeyId,
  secretAccessKey,
  sessionToken,
  ...signing
}: Signing): SignatureV4 {
  const { region = 'us-east-1', service = 'lambda' } = signing;
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  return new SignatureV4({ credentials, region, service, sha256: Sha256 });
}
