const { Readable } = require('node:stream');
const busboy = require('busboy');

const body = [
  '--x',
  'Content-Disposition: form-data; name="title"',
  '',
  'Grüße',
  '--x',
  'Content-Disposition: form-data; name="photo"; filename="a.bin"',
  'Content-Type: application/octet-stream',
  '',
  '0123456789',
  '--x--',
  '',
].join('\r\n');

exports.handler = () =>
  new Promise((resolve, reject) => {
    const result = {};
    const parser = busboy({ headers: { 'content-type': 'multipart/form-data; boundary=x' } });
    parser.on('field', (name, value) => (result[name] = value));
    parser.on('file', (name, file, { filename, mimeType }) => {
      let bytes = 0;
      file.on('data', (chunk) => (bytes += chunk.length));
      file.on('end', () => (result[name] = { filename, mimeType, bytes }));
    });
    parser.on('close', () => resolve(result));
    parser.on('error', reject);
    Readable.from([Buffer.from(body)]).pipe(parser);
  });

exports.expected = {
  title: 'Grüße',
  photo: { filename: 'a.bin', mimeType: 'application/octet-stream', bytes: 10 },
};
