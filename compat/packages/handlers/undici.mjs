import { Agent, fetch, request } from 'undici';

const site = process.env.STUB_HTTP;

export const handler = async () => {
  const agent = new Agent({ keepAliveTimeout: 10 });
  const get = await request(`${site}/json`, { dispatcher: agent });
  const post = await fetch(`${site}/echo`, { method: 'POST', body: 'tea', dispatcher: agent });
  const chunks = await request(`${site}/chunks`, { dispatcher: agent });
  let bytes = 0;
  for await (const chunk of chunks.body) bytes += chunk.length;
  const result = { get: (await get.body.json()).hello, post: (await post.json()).body, bytes };
  await agent.close();
  return result;
};

export const expected = { get: 'world', post: 'tea', bytes: 32_768 };
