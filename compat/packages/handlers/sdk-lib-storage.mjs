import { PassThrough } from 'node:stream';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

const client = new S3Client({ forcePathStyle: true });

export const handler = async () => {
  const Bucket = 'uploads';
  const Body = new PassThrough();
  const upload = new Upload({ client, params: { Bucket, Key: 'piped', Body } });
  let loaded = 0;
  upload.on('httpUploadProgress', (progress) => (loaded = progress.loaded));
  for (let index = 0; index < 3; index++) Body.write('x'.repeat(10_000));
  Body.end();
  await upload.done();
  const signed = new URL(
    await getSignedUrl(client, new GetObjectCommand({ Bucket, Key: 'piped' }), { expiresIn: 60 }),
  );
  return {
    loaded,
    path: signed.pathname,
    expires: signed.searchParams.get('X-Amz-Expires'),
    signature: /^[0-9a-f]{64}$/.test(signed.searchParams.get('X-Amz-Signature')),
  };
};

export const expected = { loaded: 30_000, path: '/uploads/piped', expires: '60', signature: true };
