import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runCli } from './run-cli.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

test('--version prints the version of the package', async () => {
  expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('without a command the help is shown, as wrong usage', async () => {
  const ended = await runCli([]);
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toContain('Usage: isolambda [options] [command]');
});

const helps: [string[], RegExp[]][] = [
  [[], [/invoke .*run a function once/, /generate-event/, /doctor/]],
  [['invoke'], [/-e, --event <event>/, /--template <file>/, /--repeat <n>/, /Examples:/]],
  [['serve'], [/--port <port>/, /--watch/, /--storage <file>/, /AWS_ENDPOINT_URL_LAMBDA/]],
  [['doctor'], [/--json/, /warn \(something is missing/]],
  [['generate-event'], [/s3 .*put, delete/, /sqs .*receive-message/, /Examples:/]],
  [['generate-event', 's3'], [/put .*an object was put/]],
  [
    ['generate-event', 's3', 'put'],
    [/--bucket <name>/, /--region <name>/],
  ],
];

test.each(helps)('%j --help says what there is', async (command, texts) => {
  const { code, stdout, stderr } = await runCli([...command, '--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const text of texts) expect(stdout).toMatch(text);
  const longest = Math.max(...stdout.split('\n').map((line) => line.length));
  expect(longest).toBeLessThanOrEqual(120);
});

test.each([[], ['invoke'], ['serve'], ['doctor'], ['generate-event']].map((command) => [command]))(
  '%j --help names the exit codes',
  async (command) => {
    const { stdout } = await runCli([...command, '--help']);
    expect(stdout).toMatch(/Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}130 /);
  },
);

test.each([
  [['fly'], /unknown command 'fly'/],
  [['invoke', '--colour'], /unknown option '--colour'/],
  [['invoke', 'a', 'b'], /too many arguments/],
  [
    ['invoke', 'a', '--memory', '4'],
    /'--memory <MB>' argument '4' is invalid\. Expected a whole number from 8 to 10240/,
  ],
  [['invoke', 'a', '--timeout', '1.5'], /'--timeout <s>' argument '1\.5' is invalid/],
  [
    ['invoke', 'a', '--runtime', 'python3.13'],
    /'--runtime <name>' argument 'python3\.13' is invalid\. Allowed choices are nodejs24\.x, nodejs22\.x/,
  ],
  [
    ['invoke', 'a', '--env', 'NAME'],
    /'--env <NAME=value>' argument 'NAME' is invalid\. Expected NAME=value/,
  ],
  [['invoke', 'a', '--event'], /'-e, --event <event>' argument missing/],
])('%j is wrong usage: code 2, the option and its rule', async (argv, message) => {
  const ended = await runCli(argv);
  expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(message) });
});
