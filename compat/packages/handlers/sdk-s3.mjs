import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';

const s3 = new S3Client({ forcePathStyle: true });

export const handler = async () => {
  const Bucket = 'photos';
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a/text 1.txt', Body: 'grüße' }));

  // A body that streams: eight chunks of 32 KB, with the checksum behind them.
  const chunk = Buffer.alloc(32_768, 'x');
  const Body = Readable.from(
    (async function* chunks() {
      for (let index = 0; index < 8; index++) yield chunk;
    })(),
  );
  await s3.send(
    new PutObjectCommand({ Bucket, Key: 'a/stream', Body, ContentLength: 8 * chunk.length }),
  );

  const text = await s3.send(new GetObjectCommand({ Bucket, Key: 'a/text 1.txt' }));
  const streamed = await s3.send(new GetObjectCommand({ Bucket, Key: 'a/stream' }));
  let bytes = 0;
  for await (const part of streamed.Body) bytes += part.length;

  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'a/' }));
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a/stream' }));
  const error = await s3
    .send(new GetObjectCommand({ Bucket, Key: 'a/stream' }))
    .catch((reason) => reason);
  return {
    text: await text.Body.transformToString(),
    etag: text.ETag,
    bytes,
    keys: Contents.map(({ Key, Size }) => `${Key} ${Size}`).sort(),
    error: error.name,
  };
};

export const expected = {
  text: 'grüße',
  etag: '"fee40dc24d0ad6a90c608052aa4e9e66"',
  bytes: 262_144,
  keys: ['a/stream 262144', 'a/text 1.txt 7'],
  error: 'NoSuchKey',
};
