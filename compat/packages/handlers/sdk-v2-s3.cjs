const S3 = require('aws-sdk/clients/s3');

const s3 = new S3({
  endpoint: process.env.AWS_ENDPOINT_URL,
  s3ForcePathStyle: true,
  signatureVersion: 'v4',
});

exports.handler = async () => {
  const Bucket = 'v2';
  await s3.putObject({ Bucket, Key: 'one.txt', Body: 'one' }).promise();
  const { Body, ETag } = await s3.getObject({ Bucket, Key: 'one.txt' }).promise();
  const { Contents } = await s3.listObjectsV2({ Bucket, Prefix: 'one' }).promise();
  const streamed = await new Promise((resolve, reject) => {
    const parts = [];
    s3.getObject({ Bucket, Key: 'one.txt' })
      .createReadStream()
      .on('data', (part) => parts.push(part))
      .on('end', () => resolve(Buffer.concat(parts).toString()))
      .on('error', reject);
  });
  const error = await s3
    .getObject({ Bucket, Key: 'nothing' })
    .promise()
    .catch((reason) => reason);
  return {
    body: Body.toString(),
    ETag,
    keys: Contents.map(({ Key }) => Key),
    streamed,
    error: error.code,
  };
};

exports.expected = {
  body: 'one',
  ETag: '"f97c5d29941bfb1b2fdab0874906ab82"',
  keys: ['one.txt'],
  streamed: 'one',
  error: 'NoSuchKey',
};
