import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { AwsAnswer, AwsRequest } from './aws-fault.ts';

/** Buckets of S3, addressed by path, with the checksums that SDKs ask for. */
export class S3Stub {
  /** `/bucket/key` to its bytes. */
  readonly #objects = new Map<string, Buffer>();

  answer(request: AwsRequest): AwsAnswer {
    const { pathname, searchParams } = new URL(request.url, 'http://stub');
    const place = decodeURIComponent(pathname);
    if (searchParams.get('list-type') === '2') return this.#list(place, searchParams);
    if (request.method === 'PUT') return this.#put(place, request);
    if (request.method === 'DELETE') {
      this.#objects.delete(place);
      return { status: 204 };
    }
    return this.#get(place, request.method === 'HEAD');
  }

  #put(place: string, request: AwsRequest): AwsAnswer {
    const isChunked = request.headers['content-encoding']?.includes('aws-chunked') ?? false;
    const { bytes, trailers } = isChunked
      ? dechunk(request.body)
      : { bytes: request.body, trailers: new Map<string, string>() };
    const wanted =
      trailers.get('x-amz-checksum-crc32') ?? request.headers['x-amz-checksum-crc32'] ?? undefined;
    if (wanted !== undefined && wanted !== checksum(bytes)) {
      return failure('BadDigest', 'The checksum did not match', 400);
    }
    const length = request.headers['x-amz-decoded-content-length'];
    if (length !== undefined && Number(length) !== bytes.length) {
      return failure(
        'IncompleteBody',
        `Expected ${String(length)} bytes, got ${bytes.length}`,
        400,
      );
    }
    this.#objects.set(place, bytes);
    return { headers: { etag: etag(bytes), 'x-amz-checksum-crc32': checksum(bytes) } };
  }

  #get(place: string, isHead: boolean): AwsAnswer {
    const bytes = this.#objects.get(place);
    if (bytes === undefined) {
      return failure('NoSuchKey', 'The specified key does not exist.', 404);
    }
    const headers = {
      etag: etag(bytes),
      'content-type': 'application/octet-stream',
      'content-length': String(bytes.length),
      'x-amz-checksum-crc32': checksum(bytes),
    };
    return { headers, ...(!isHead && { body: bytes }) };
  }

  #list(bucket: string, query: URLSearchParams): AwsAnswer {
    const start = `${bucket.replace(/\/$/, '')}/`;
    const prefix = query.get('prefix') ?? '';
    const contents = [...this.#objects]
      .filter(([place]) => place.startsWith(start + prefix))
      .map(
        ([place, bytes]) =>
          `<Contents><Key>${place.slice(start.length)}</Key><Size>${bytes.length}</Size>` +
          `<ETag>&quot;${etag(bytes).slice(1, -1)}&quot;</ETag></Contents>`,
      );
    return {
      headers: { 'content-type': 'application/xml' },
      body:
        '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
        `<IsTruncated>false</IsTruncated><KeyCount>${contents.length}</KeyCount>${contents.join('')}</ListBucketResult>`,
    };
  }
}

/**
 * Takes the chunks of `aws-chunked` apart: size in hex, bytes, and trailers at the end.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
function dechunk(body: Buffer): { bytes: Buffer; trailers: Map<string, string> } {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.toString('latin1', at, end), 16);
    at = end + 2;
    if (size === 0) break;
    chunks.push(body.subarray(at, at + size));
    at += size + 2;
  }
  const lines = body.toString('latin1', at).split('\r\n');
  const trailers = new Map<string, string>();
  for (const line of lines) {
    const [name = '', value] = line.split(':');
    if (value !== undefined) trailers.set(name.toLowerCase(), value.trim());
  }
  return { bytes: Buffer.concat(chunks), trailers };
}

function checksum(bytes: Buffer): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum.toString('base64');
}

function etag(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

function failure(code: string, message: string, status: number): AwsAnswer {
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  };
}
