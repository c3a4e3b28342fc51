import {
  InvokeAsyncCommand,
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  type InvokeCommandInput,
} from '@aws-sdk/client-lambda';
import { describe, expect, test } from 'vitest';
import { doorKit, refusal, type DoorKit } from './kit.ts';

async function kitWith(source: string, options = {}): Promise<DoorKit> {
  const kit = doorKit();
  await kit.lambda.createFunction({ name: 'f', code: { source }, cpuMs: 2_000, ...options });
  return kit;
}

const echo = 'exports.handler = async (event, context) => ({ event, context })';

describe('Invoke', () => {
  test('gives the result, the version that ran and a request id that the handler saw', async () => {
    await using kit = await kitWith(echo);
    const answer = await kit.client.send(
      new InvokeCommand({ FunctionName: 'f', Payload: '{"id":7}' }),
    );
    const { event, context } = JSON.parse(answer.Payload!.transformToString());
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(answer.FunctionError).toBeUndefined();
    expect(event).toEqual({ id: 7 });
    expect(context.awsRequestId).toBe(answer.$metadata.requestId);
  });

  test('an absent payload is {}', async () => {
    await using kit = await kitWith(echo);
    const answer = await kit.client.send(new InvokeCommand({ FunctionName: 'f' }));
    expect(JSON.parse(answer.Payload!.transformToString()).event).toEqual({});
  });

  test('a function error is status 200 with FunctionError and the payload', async () => {
    await using kit = await kitWith('exports.handler = async () => { throw new TypeError("no") }');
    const answer = await kit.client.send(new InvokeCommand({ FunctionName: 'f' }));
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(JSON.parse(answer.Payload!.transformToString())).toMatchObject({
      errorType: 'TypeError',
      errorMessage: 'no',
    });
  });

  test('LogType Tail gives START to REPORT, without INIT_START, 4,096 bytes at most', async () => {
    await using kit = await kitWith(
      'exports.handler = async (n) => { for (let i = 0; i < n; i++) console.log("line " + i) }',
    );
    const tail = async (lines: number): Promise<string> => {
      const command = { FunctionName: 'f', LogType: 'Tail', Payload: String(lines) } as const;
      const { LogResult } = await kit.client.send(new InvokeCommand(command));
      return Buffer.from(LogResult!, 'base64').toString();
    };
    expect(await tail(1)).toMatch(/^START RequestId: [^]*line 0\nEND [^]*REPORT [^]*\n$/);
    const long = await tail(200);
    expect(Buffer.byteLength(long)).toBe(4_096);
    expect(long).toContain('line 199');
    expect(long).not.toContain('START');
  });

  test('ClientContext reaches the handler', async () => {
    await using kit = await kitWith('exports.handler = async (e, c) => c.clientContext');
    const ClientContext = Buffer.from('{"custom":{"a":1}}').toString('base64');
    const answer = await kit.client.send(new InvokeCommand({ FunctionName: 'f', ClientContext }));
    expect(JSON.parse(answer.Payload!.transformToString())).toMatchObject({ custom: { a: 1 } });
  });

  test('DryRun answers 204 and runs nothing', async () => {
    await using kit = await kitWith('exports.handler = async () => { throw new Error() }');
    const answer = await kit.client.send(
      new InvokeCommand({ FunctionName: 'f', InvocationType: 'DryRun' }),
    );
    expect(answer).toMatchObject({ StatusCode: 204 });
    expect(answer.ExecutedVersion).toBeUndefined();
    expect(kit.lambda.stats().environments).toBe(0);
  });

  test('Event answers 202 before the handler runs, under the same request id', async () => {
    await using kit = await kitWith(echo);
    const ids: string[] = [];
    const { promise: finished, resolve } = Promise.withResolvers<void>();
    kit.lambda.on('invocation.finished', ({ requestId }) => {
      ids.push(requestId);
      resolve();
    });
    const answer = await kit.client.send(
      new InvokeCommand({ FunctionName: 'f', InvocationType: 'Event', Payload: '1' }),
    );
    expect(answer).toMatchObject({ StatusCode: 202 });
    expect(answer.ExecutedVersion).toBeUndefined();
    await finished;
    expect(ids).toEqual([answer.$metadata.requestId]);
  });

  test('a streaming function gives its whole body', async () => {
    await using kit = await kitWith(
      'exports.handler = awslambda.streamifyResponse(async (e, s) => { s.write("a"); s.end("b") })',
    );
    const answer = await kit.client.send(new InvokeCommand({ FunctionName: 'f' }));
    expect(answer.Payload!.transformToString()).toBe('ab');
  });

  const missing = 'arn:aws:lambda:us-east-1:123456789012:function:nope';
  test.each<[string, Partial<InvokeCommandInput>, object]>([
    [
      'an unknown function',
      { FunctionName: 'nope' },
      {
        name: 'ResourceNotFoundException',
        status: 404,
        message: `Function not found: ${missing}:$LATEST`,
      },
    ],
    [
      'an unknown version',
      { FunctionName: 'nope', Qualifier: '7' },
      {
        name: 'ResourceNotFoundException',
        status: 404,
        message: `Function not found: ${missing}:7`,
      },
    ],
    [
      'a function of another region',
      { FunctionName: 'arn:aws:lambda:eu-west-1:123456789012:function:f' },
      {
        name: 'ResourceNotFoundException',
        message: "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
      },
    ],
    [
      'a function of another account',
      { FunctionName: 'arn:aws:lambda:us-east-1:210987654321:function:f' },
      { name: 'AccessDeniedException', status: 403 },
    ],
    [
      'two qualifiers',
      { FunctionName: 'f:a', Qualifier: 'b' },
      {
        name: 'InvalidParameterValueException',
        status: 400,
        message:
          'The derived qualifier from the function name does not match the specified qualifier.',
      },
    ],
    [
      'a payload that is no JSON',
      { Payload: '{' },
      {
        name: 'InvalidRequestContentException',
        status: 400,
        message: expect.stringMatching(
          /^Could not parse request body into json: Could not parse payload into json: /,
        ),
      },
    ],
    [
      'a payload that is not UTF-8',
      { Payload: Buffer.from([0x22, 0xff, 0x22]) },
      { name: 'InvalidRequestContentException', status: 400 },
    ],
    [
      'a payload that is too large',
      { Payload: `"${'x'.repeat(6_291_455)}"` },
      {
        name: 'RequestEntityTooLargeException',
        status: 413,
        message:
          '6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)',
      },
    ],
    [
      'an event that is too large',
      { InvocationType: 'Event', Payload: `"${'x'.repeat(1_048_575)}"` },
      {
        name: 'RequestEntityTooLargeException',
        message:
          '1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)',
      },
    ],
    [
      'a client context that is no JSON',
      { ClientContext: 'e30x' },
      { name: 'InvalidRequestContentException', status: 400 },
    ],
    [
      'a client context that is too large',
      { ClientContext: 'x'.repeat(3_584) },
      { name: 'InvalidRequestContentException', status: 400 },
    ],
    [
      'a tenant where there is none',
      { TenantId: 'blue' },
      { name: 'InvalidParameterValueException', status: 400 },
    ],
    [
      'an invocation type that AWS does not have',
      { InvocationType: 'Later' as 'Event' },
      {
        name: 'ValidationException',
        status: 400,
        message:
          "1 validation error detected: Value 'Later' at 'invocationType' failed to satisfy constraint: " +
          'Member must satisfy enum value set: [Event, RequestResponse, DryRun]',
      },
    ],
    [
      'a name that AWS does not take',
      { FunctionName: 'a b' },
      {
        name: 'ValidationException',
        message: expect.stringMatching(
          /^1 validation error detected: Value 'a b' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: /,
        ),
      },
    ],
  ])('refuses %s', async (_what, input, expected) => {
    await using kit = await kitWith(echo);
    const request = kit.client.send(new InvokeCommand({ FunctionName: 'f', ...input }));
    expect(await refusal(request)).toMatchObject(expected);
  });

  test('a throttle is 429 with its reason', async () => {
    await using kit = await kitWith(echo, { reservedConcurrency: 0 });
    const error: unknown = await kit.client
      .send(new InvokeCommand({ FunctionName: 'f' }))
      .catch((problem: unknown) => problem);
    expect(error).toMatchObject({
      name: 'TooManyRequestsException',
      message: 'Rate Exceeded.',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      Type: 'User',
      $metadata: { httpStatusCode: 429 },
    });
  });

  test('a function of tenants wants to know the tenant, and the handler learns it', async () => {
    await using kit = await kitWith('exports.handler = async (e, c) => c.tenantId', {
      perTenant: true,
    });
    const answer = await kit.client.send(
      new InvokeCommand({ FunctionName: 'f', TenantId: 'blue' }),
    );
    expect(answer.Payload!.transformToString()).toBe('"blue"');
    const request = kit.client.send(new InvokeCommand({ FunctionName: 'f' }));
    expect(await refusal(request)).toMatchObject({
      name: 'InvalidParameterValueException',
      message:
        'The invoked function is enabled with tenancy configuration. Add a valid tenant ID in your request and try again.',
    });
  });
});

describe('InvokeAsync', () => {
  test('queues the event and says 202', async () => {
    await using kit = await kitWith(echo);
    const { promise: finished, resolve } = Promise.withResolvers<void>();
    kit.lambda.on('invocation.finished', () => resolve());
    const answer = await kit.client.send(
      new InvokeAsyncCommand({ FunctionName: 'f', InvokeArgs: Buffer.from('{}') }),
    );
    expect(answer.Status).toBe(202);
    await finished;
  });

  test('takes 262,144 bytes at most', async () => {
    await using kit = await kitWith(echo);
    const InvokeArgs = Buffer.from(`"${'x'.repeat(262_143)}"`);
    const request = kit.client.send(new InvokeAsyncCommand({ FunctionName: 'f', InvokeArgs }));
    expect(await refusal(request)).toMatchObject({
      name: 'RequestEntityTooLargeException',
      status: 413,
    });
  });
});

describe('InvokeWithResponseStream', () => {
  async function read(kit: DoorKit): Promise<{ text: string; complete: object | undefined }> {
    const { EventStream } = await kit.client.send(
      new InvokeWithResponseStreamCommand({ FunctionName: 'f', LogType: 'Tail' }),
    );
    let text = '';
    let complete: object | undefined;
    for await (const event of EventStream!) {
      if (event.PayloadChunk) text += Buffer.from(event.PayloadChunk.Payload!).toString();
      if (event.InvokeComplete) complete = event.InvokeComplete;
    }
    return { text, complete };
  }

  test('gives chunks, then the end with the log', async () => {
    await using kit = await kitWith(
      'exports.handler = awslambda.streamifyResponse(async (e, s) => { s.write("a"); s.end("b") })',
    );
    const { text, complete } = await read(kit);
    expect(text).toBe('ab');
    expect(complete).toEqual({ LogResult: expect.any(String) });
  });

  test('a handler that fails half-way shows it at the end only', async () => {
    await using kit = await kitWith(
      'exports.handler = awslambda.streamifyResponse(async (e, s) => { s.write("a"); throw new RangeError("no") })',
    );
    const { text, complete } = await read(kit);
    expect(text).toBe('a');
    expect(complete).toMatchObject({
      ErrorCode: 'RangeError',
      ErrorDetails: expect.stringContaining('"errorMessage":"no"'),
    });
  });

  test('a function that does not stream gives its payload as one chunk', async () => {
    await using kit = await kitWith('exports.handler = async () => [1]');
    expect((await read(kit)).text).toBe('[1]');
  });
});
