import { expect, test } from 'vitest';
import { Lambda, engineReport } from '../../src/index.ts';

test('lines come as they are written, in the words and the order of readLogs', async () => {
  await using lambda = new Lambda();
  const lines: string[] = [];
  lambda.followLogs(({ message }) => lines.push(message));
  const talk = await lambda.createFunction({
    name: 'talk',
    code: { source: 'console.log("top"); exports.handler = async () => console.log("inside")' },
  });
  await talk.call();
  await talk.call();
  expect(lines).toEqual(lambda.readLogs().map(({ message }) => message));
  expect(lines.map((line) => line.split(/[ \t]/)[0])).toEqual([
    'INIT_START',
    expect.stringMatching(/Z$/),
    ...['START', expect.stringMatching(/Z$/), 'END', 'REPORT'],
    ...['START', expect.stringMatching(/Z$/), 'END', 'REPORT'],
  ]);
});

test('a filter keeps other functions and requests out, and a listener can go', async () => {
  await using lambda = new Lambda();
  const code = { source: 'exports.handler = async () => 1' };
  const one = await lambda.createFunction({ name: 'one', code });
  const two = await lambda.createFunction({ name: 'two', code });
  const groups = new Set<string>();
  const requests = new Set<string | undefined>();
  const stop = lambda.followLogs(({ logGroupName }) => groups.add(logGroupName), {
    functionName: 'two',
  });
  const { requestId } = await two.invoke();
  lambda.followLogs((line) => requests.add(line.requestId), { requestId });
  await one.call();
  await two.call();
  expect([...groups]).toEqual(['/aws/lambda/two']);
  expect([...requests]).toEqual([]);
  stop();
  groups.clear();
  await two.call();
  expect([...groups]).toEqual([]);
});

test('the engine says what it is once it has proven that it stops a loop', async () => {
  expect(await engineReport()).toEqual({
    node: process.versions.node,
    v8: process.versions.v8,
    isolatedVm: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    abi: process.versions.modules,
    platform: expect.stringContaining(`${process.platform}-${process.arch}`),
    flags: expect.any(Array),
  });
});
