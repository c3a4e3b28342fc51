import { describe, expect, test } from 'vitest';
import { HandlerError, Lambda, type Isolation, type LambdaFunction } from '../../src/index.ts';

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html

const tiers: readonly Isolation[] = ['inline', 'thread'];

async function deploy(
  lambda: Lambda,
  isolation: Isolation,
  source: string,
  more: { runtime?: 'nodejs22.x' | 'nodejs24.x'; environment?: Record<string, string> } = {},
): Promise<LambdaFunction> {
  return await lambda.createFunction({
    name: 'stream',
    code: { source },
    isolation,
    timeoutMs: 10_000,
    // A busy machine makes the first use of streams dear; the budget is not what these tests are about.
    cpuMs: 10_000,
    ...more,
  });
}

async function textOf(body: ReadableStream<Uint8Array>): Promise<string> {
  return Buffer.from(await new Response(body).arrayBuffer()).toString();
}

describe.each(tiers)('in the tier %s', (tier) => {
  test('the first byte arrives before the handler ends', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(
      lambda,
      tier,
      `let go;
       exports.handler = awslambda.streamifyResponse(async (event, stream) => {
         stream.setContentType('text/plain');
         stream.write('first,');
         // Only the reader of the first byte makes time go on.
         await new Promise((done) => setTimeout(done, 50));
         stream.write('second');
         stream.end();
       });`,
    );
    const response = await fn.invokeStream();
    expect(response.contentType).toBe('text/plain');
    let hasEnded = false;
    void response.outcome.then(() => (hasEnded = true));
    const reader = response.body.getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('first,');
    expect(hasEnded).toBe(false);
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('second');
    expect((await reader.read()).done).toBe(true);
    expect((await response.outcome).status).toBe('ok');
  });

  test('a reader that does not read stops the handler from writing on', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(
      lambda,
      tier,
      `const { once } = require('node:events');
       exports.handler = awslambda.streamifyResponse(async (event, stream) => {
         const chunk = 'x'.repeat(16_384);
         for (let index = 0; index < 64; index += 1) {
           console.log('chunk ' + index);
           if (!stream.write(chunk)) await once(stream, 'drain');
         }
         stream.end();
       });`,
    );
    let written = 0;
    lambda.on('log.written', ({ body }) => {
      if (body.includes('chunk')) written += 1;
    });
    const response = await fn.invokeStream();
    const reader = response.body.getReader();
    let size = (await reader.read()).value?.byteLength ?? 0;
    // Whatever the handler could do without a reader, it has done when nothing more happens.
    for (let before = -1; before !== written;) {
      before = written;
      for (let turn = 0; turn < 200; turn += 1) await new Promise((done) => setImmediate(done));
    }
    expect(written).toBeLessThan(20);
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      size += read.value.byteLength;
    }
    expect(size).toBe(64 * 16_384);
    expect(written).toBe(64);
  });

  test('a plain invocation gets the whole body as its payload', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(
      lambda,
      tier,
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
         if (event.json) stream.write({ a: [1, event.json] });
         else { stream.write('plain '); stream.write(new Uint8Array([0xc3, 0xa9])); }
         stream.end();
       });`,
    );
    expect(await fn.call({ json: 2 })).toEqual({ a: [1, 2] });
    expect(await fn.call({})).toBe('plain é');
    const outcome = await fn.invoke({});
    expect(outcome.payloadJson).toBe('plain é');
    expect(outcome.status === 'ok' && outcome.body?.contentType).toBe('application/octet-stream');
  });

  test('status, headers and cookies go before the body, with 8 NUL bytes between', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(
      lambda,
      tier,
      `exports.handler = awslambda.streamifyResponse(async (event, responseStream) => {
         const stream = awslambda.HttpResponseStream.from(responseStream, {
           statusCode: 201, headers: { 'content-type': 'text/html' }, cookies: ['a=b'],
         });
         if (event.text) stream.write(event.text);
         stream.end();
       });`,
    );
    const response = await fn.invokeStream({ text: '<p>' });
    expect(response.contentType).toBe('application/vnd.awslambda.http-integration-response');
    const prelude =
      '{"statusCode":201,"headers":{"content-type":"text/html"},"cookies":["a=b"]}' +
      '\0\0\0\0\0\0\0\0';
    expect(await textOf(response.body)).toBe(`${prelude}<p>`);
    expect(await textOf((await fn.invokeStream({})).body)).toBe(prelude);
  });

  test('an error after the first byte comes behind what was written', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(
      lambda,
      tier,
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
         stream.write('half');
         await new Promise((done) => setImmediate(done));
         throw new TypeError('broke');
       });`,
    );
    const { body, outcome } = await fn.invokeStream();
    const reader = body.getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('half');
    await expect(reader.read()).rejects.toThrow(HandlerError);
    const ended = await outcome;
    expect(ended.status === 'error' && ended.error.errorType).toBe('TypeError');
  });

  test.each([
    [
      'a handler that is not async',
      '(event, stream) => { stream.end(); }',
      'Streaming does not support non-async handlers.',
    ],
    [
      'a stream that is not ended',
      'async (event, stream) => { stream.write("x"); }',
      'Response stream is not finished.',
    ],
    [
      'a content type after the first byte',
      'async (event, stream) => { stream.write("x"); await new Promise(setImmediate); stream.setContentType("a/b"); }',
      'Cannot set content-type, too late.',
    ],
  ])('%s fails', async (_name, handler, message) => {
    await using lambda = new Lambda();
    const fn = await deploy(
      lambda,
      tier,
      `exports.handler = awslambda.streamifyResponse(${handler});`,
    );
    const outcome = await fn.invoke();
    expect(outcome.status === 'error' && outcome.error.errorMessage).toBe(message);
    expect((await fn.invoke()).status).toBe('error');
  });

  test('a returned value is ignored with a warning', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(
      lambda,
      tier,
      'exports.handler = awslambda.streamifyResponse(async (event, stream) => { stream.end("x"); return 1; });',
    );
    const lines: string[] = [];
    lambda.on('log.written', ({ body }) => lines.push(body));
    expect(await fn.call()).toBe('x');
    expect(lines.join()).toContain('Streaming handlers ignore return values.');
  });

  test('a body over the limit of a plain response fails as AWS says', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(
      lambda,
      tier,
      `const { pipeline } = require('node:stream/promises');
       const { Readable } = require('node:stream');
       exports.handler = awslambda.streamifyResponse(async (event, stream) => {
         const chunk = 'x'.repeat(65_536);
         await pipeline(Readable.from((function* () { for (let i = 0; i < 97; i += 1) yield chunk; })()), stream);
       });`,
    );
    const outcome = await fn.invoke();
    expect(outcome.status === 'error' && outcome.error).toEqual({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    });
    expect((await textOf((await fn.invokeStream()).body)).length).toBe(97 * 65_536);
  });

  test('any other mark than "response" is refused at init', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(
      lambda,
      tier,
      `exports.handler = async () => {};
       exports.handler[Symbol.for('aws.lambda.runtime.handler.streaming')] = 'request';`,
    );
    const outcome = await fn.invoke();
    expect(outcome.status === 'error' && outcome.error).toMatchObject({
      errorType: 'Runtime.MalformedStreamingHandler',
      errorMessage: 'Only response streaming is supported.',
    });
  });

  test('a function that does not stream gives its payload as one chunk', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(lambda, tier, 'exports.handler = async (event) => ({ got: event });');
    const { body, contentType, outcome } = await fn.invokeStream(5);
    expect(contentType).toBe('application/json');
    expect(await textOf(body)).toBe('{"got":5}');
    expect((await outcome).status).toBe('ok');
  });

  test('a reader that goes away does not end the handler', async () => {
    await using lambda = new Lambda();
    const fn = await deploy(
      lambda,
      tier,
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
         for (let i = 0; i < 40; i += 1) if (!stream.write('x'.repeat(16_384))) await new Promise((done) => stream.once('drain', done));
         stream.end();
       });`,
    );
    const { body, outcome } = await fn.invokeStream();
    await body.cancel();
    expect((await outcome).status).toBe('ok');
  });

  test('a handler that is killed while it streams ends the stream with its timeout', async () => {
    await using lambda = new Lambda();
    const fn = await lambda.createFunction({
      name: 'late',
      isolation: tier,
      timeoutMs: 200,
      code: {
        source: `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
          stream.write('x');
          await new Promise(() => {});
        });
        setInterval(() => {}, 1000);`,
      },
      runtime: 'nodejs22.x',
    });
    const { body, outcome } = await fn.invokeStream();
    await expect(textOf(body)).rejects.toThrow('timed out');
    expect((await outcome).report.status).toBe('timeout');
  });
});

test('the older runtime streams as well', async () => {
  await using lambda = new Lambda();
  const fn = await deploy(
    lambda,
    'thread',
    'exports.handler = awslambda.streamifyResponse(async (event, stream, context) => { stream.end(context.functionName); });',
    { runtime: 'nodejs22.x' },
  );
  expect(await fn.call()).toBe('stream');
});

test.each([
  ['1', 'undefined'],
  ['true', 'undefined'],
  ['0', 'object'],
])('with AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA=%s the global is %s', async (value, type) => {
  await using lambda = new Lambda();
  const fn = await deploy(lambda, 'inline', 'exports.handler = async () => typeof awslambda;', {
    environment: { AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA: value },
  });
  expect(await fn.call()).toBe(type);
});

test('InvokeStore knows the request and the trace, and forgets with the invocation', async () => {
  await using lambda = new Lambda();
  const fn = await deploy(
    lambda,
    'thread',
    `const store = awslambda.InvokeStore;
     exports.handler = async (event) => {
       const before = store.get('mine') ?? null;
       store.set('mine', event);
       let refusal;
       try { store.set(store.PROTECTED_KEYS.REQUEST_ID, 'x'); } catch (error) { refusal = error.message; }
       return { before, mine: store.get('mine'), id: store.getRequestId(), trace: store.getXRayTraceId(), refusal };
     };`,
  );
  const requestId = '0a5f3c1e-0000-4000-8000-000000000001';
  const traceId = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1';
  const refusal = 'Cannot modify protected Lambda context field: Symbol(_AWS_LAMBDA_REQUEST_ID)';
  expect(await fn.call(1, { requestId, traceId })).toEqual({
    before: null,
    mine: 1,
    id: requestId,
    trace: expect.stringMatching(
      /^Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1;Lineage=[0-9a-f]{8}:1$/,
    ) as string,
    refusal,
  });
  expect(await fn.call(2)).toMatchObject({ before: null, mine: 2 });
});
