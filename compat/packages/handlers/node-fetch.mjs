import fetch, { FormData, Headers } from 'node-fetch';

const site = process.env.STUB_HTTP;

export const handler = async () => {
  const get = await fetch(`${site}/json`, { headers: new Headers({ accept: 'application/json' }) });
  const packed = await (await fetch(`${site}/gzip`)).json();
  const form = new FormData();
  form.set('name', 'Ada');
  const post = await (await fetch(`${site}/echo`, { method: 'POST', body: form })).json();
  const redirected = await fetch(`${site}/redirect`);
  const chunks = await fetch(`${site}/chunks`);
  let bytes = 0;
  for await (const chunk of chunks.body) bytes += chunk.length;
  const closed = await fetch(`http://127.0.0.1:${process.env.CLOSED_PORT}/`).catch(
    (error) => error,
  );
  return {
    get: await get.json(),
    packed: packed.packed.length,
    post: [post.type.split(';')[0], post.body.includes('Ada')],
    redirected: [redirected.redirected, redirected.url === `${site}/json`],
    bytes,
    closed: closed.code,
  };
};

export const expected = {
  get: { hello: 'world', accept: 'application/json' },
  packed: 1_000,
  post: ['multipart/form-data', true],
  redirected: [true, true],
  bytes: 32_768,
  closed: 'ECONNREFUSED',
};
