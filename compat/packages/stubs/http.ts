import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { listen, type Stub } from './server.ts';

type Route = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const routes: Record<string, Route> = {
  'GET /json': (request, response) =>
    json(response, { hello: 'world', accept: request.headers.accept }),
  'GET /gzip': (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(gzipSync(JSON.stringify({ packed: 'x'.repeat(1_000) })));
  },
  'GET /redirect': (_request, response) => {
    response.writeHead(302, { location: '/json' });
    response.end();
  },
  'GET /chunks': (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    for (let index = 0; index < 8; index++) response.write(`${index}`.repeat(4_096));
    response.end();
  },
  'GET /teapot': (_request, response) => json(response, { short: 'stout' }, 418),
  'POST /echo': (request, response, body) =>
    json(response, { type: request.headers['content-type'], length: body.length, body }),
  'POST /v1/chat/completions': chatCompletion,
  'POST /v1/customers': (request, response, body) => {
    const form = new URLSearchParams(body);
    json(response, {
      id: 'cus_stub',
      object: 'customer',
      email: form.get('email'),
      metadata: { plan: form.get('metadata[plan]') },
      key: request.headers.authorization,
    });
  },
  'GET /v1/customers/cus_missing': (_request, response) =>
    json(
      response,
      {
        error: {
          type: 'invalid_request_error',
          code: 'resource_missing',
          message: "No such customer: 'cus_missing'",
        },
      },
      404,
    ),
};

/** A web site for the HTTP clients, and as much of two services as their clients need. */
export function httpStub(): Promise<Stub> {
  let failures = 0;
  return listen(
    createServer((request, response) => {
      void textOf(request).then((body) => {
        const { pathname } = new URL(request.url ?? '/', 'http://stub');
        if (pathname === '/flaky' && failures++ % 2 === 0) {
          return json(response, { error: 'busy' }, 503, { 'retry-after': '0' });
        }
        const route = routes[`${request.method} ${pathname}`] ?? routes['GET /json'];
        return route?.(request, response, body);
      });
    }),
  );
}

function chatCompletion(_request: IncomingMessage, response: ServerResponse, body: string): void {
  const { stream, messages } = JSON.parse(body) as {
    stream?: boolean;
    messages: { content: string }[];
  };
  const words = ['You', ' said: ', messages.at(-1)?.content ?? ''];
  const base = { id: 'chatcmpl-stub', created: 1_700_000_000, model: 'stub' };
  if (stream !== true) {
    const message = { role: 'assistant', content: words.join('') };
    const choices = [{ index: 0, message, finish_reason: 'stop' }];
    return json(response, { ...base, object: 'chat.completion', choices });
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const content of words) {
    const choices = [{ index: 0, delta: { content }, finish_reason: null }];
    const chunk = { ...base, object: 'chat.completion.chunk', choices };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  }
  response.end('data: [DONE]\n\n');
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}

function json(
  response: ServerResponse,
  value: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}
