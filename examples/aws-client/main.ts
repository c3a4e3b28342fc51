/**
 * The client that talks to AWS, talking to this process: a function is created from a zip, invoked, published, shifted
 * behind an alias, throttled and fed from a queue, by `@aws-sdk/client-lambda` as it is and without a socket.
 */
import assert from 'node:assert/strict';
import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  PutFunctionConcurrencyCommand,
  TooManyRequestsException,
  UpdateFunctionCodeCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { Lambda } from 'isolambda';
import { awsClientConfig } from 'isolambda/aws';

const lambda = new Lambda();
const client = new LambdaClient({ ...awsClientConfig(lambda), maxAttempts: 1 });
const FunctionName = 'orders';

// 1. Create. The answer says Pending, as AWS's does; the client's own waiter finds the function active.
const created = await client.send(
  new CreateFunctionCommand({
    FunctionName,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: 'arn:aws:iam::123456789012:role/orders',
    Code: { ZipFile: code('exports.handler = async ({ id }) => ({ id, price: 10 })') },
    Publish: true,
  }),
);
await waitUntilFunctionActiveV2({ client, maxWaitTime: 5 }, { FunctionName });
say(`${created.FunctionArn} was ${created.State} and is active`);

// 2. Invoke, with the tail of the log.
const answer = await client.send(
  new InvokeCommand({ FunctionName, Payload: '{"id":7}', LogType: 'Tail' }),
);
assert.equal(text(answer.Payload), '{"id":7,"price":10}');
const log = Buffer.from(answer.LogResult ?? '', 'base64').toString();
say(`${text(answer.Payload)} from version ${answer.ExecutedVersion}`);
say(log.trim().split('\n').at(-1) ?? '');

// 3. Publish a second version and give it every tenth request.
await client.send(
  new UpdateFunctionCodeCommand({
    FunctionName,
    ZipFile: code('exports.handler = async ({ id }) => ({ id, price: 12 })'),
    Publish: true,
  }),
);
const alias = { FunctionName, Name: 'live', FunctionVersion: '1' };
const RoutingConfig = { AdditionalVersionWeights: { 2: 0.1 } };
await client.send(new CreateAliasCommand({ ...alias, RoutingConfig }));
const ran = new Map<string | undefined, number>();
for (let request = 0; request < 300; request += 1) {
  const { ExecutedVersion } = await client.send(new InvokeCommand({ FunctionName: 'orders:live' }));
  ran.set(ExecutedVersion, (ran.get(ExecutedVersion) ?? 0) + 1);
}
say(`orders:live ran version 1 ${ran.get('1')} times and version 2 ${ran.get('2')} times`);

// 4. Throttle: a reserve of 0 stops the function, in AWS's words.
const reserve = { FunctionName, ReservedConcurrentExecutions: 0 };
await client.send(new PutFunctionConcurrencyCommand(reserve));
try {
  await client.send(new InvokeCommand({ FunctionName }));
  assert.fail('Expected a throttle');
} catch (error) {
  assert(error instanceof TooManyRequestsException);
  say(`${error.name}: ${error.message} ${error.Reason}`);
}
await client.send(
  new PutFunctionConcurrencyCommand({ ...reserve, ReservedConcurrentExecutions: 5 }),
);

// 5. Feed it from a queue of the same process.
const queue = lambda.createQueue('incoming');
const mapped = new Promise<number>((resolve) =>
  lambda.on('mapping.batchInvoked', ({ records }) => resolve(records)),
);
await client.send(new CreateEventSourceMappingCommand({ FunctionName, EventSourceArn: queue.arn }));
await queue.send('{"id":8}');
say(`a batch of ${await mapped} message reached it from ${queue.arn}`);

const { Functions = [] } = await client.send(new ListFunctionsCommand({}));
say(`${Functions.length} function in the account`);

client.destroy();
await lambda.close();

function code(source: string): Uint8Array {
  return zipSync({ 'index.js': Buffer.from(source) });
}

function text(payload: Uint8Array | undefined): string {
  return Buffer.from(payload ?? []).toString();
}

function say(line: string): void {
  console.log(`  ${line}`);
}
