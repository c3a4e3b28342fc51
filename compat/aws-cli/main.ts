/**
 * The AWS CLI as it is, against AWS's API of a `Lambda`: creates, invokes, publishes, shifts, throttles, lists page by
 * page and deletes. `node compat/aws-cli/main.ts` ends with 1 when a command does not answer as AWS would; where the
 * CLI's version 2 is not installed, says so and ends with 0.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { Lambda } from 'isolambda';
import { serve } from 'isolambda/aws';
import { AwsCli, findCli } from './cli.ts';
import { steps } from './steps.ts';

const found = await findCli();
if (found === undefined) {
  console.log('Skipped: version 2 of the AWS CLI is not installed (Debian: awscli).');
  process.exit(0);
}

const folder = mkdtempSync(join(tmpdir(), 'isolambda-cli-'));
const pack = (source: string): Uint8Array => zipSync({ 'index.js': Buffer.from(source) });
writeFileSync(
  join(folder, 'one.zip'),
  pack('exports.handler = async (event) => { console.log("hello"); return { event, run: 1 } }'),
);
writeFileSync(join(folder, 'two.zip'), pack('exports.handler = async () => ({ run: 2 })'));
writeFileSync(
  join(folder, 'bad.zip'),
  pack('exports.handler = async () => { throw new TypeError("no") }'),
);
writeFileSync(join(folder, 'layer.zip'), zipSync({ 'nodejs/x.js': Buffer.from('') }));

await using lambda = new Lambda();
lambda.createQueue('orders');
const server = await serve(lambda, { port: 0 });
const cli = new AwsCli(found.executable, server.url, folder);
console.log(`${found.version} against ${server.url}\n`);

let failed = 0;
for (const { command, exitCode = 0, expect: expected = {}, stderr, payload } of steps) {
  const printed = await cli.run(command);
  const problems: string[] = [];
  if (printed.exitCode !== exitCode) {
    problems.push(`exit code ${printed.exitCode} instead of ${exitCode}: ${printed.stderr}`);
  }
  // Whether the CLI tried again is its own matter.
  const said = printed.stderr.replace(/ \(reached max retries: \d\)/, '');
  if (stderr !== undefined && said !== stderr) problems.push(`stderr: ${printed.stderr}`);
  if (problems.length === 0) problems.push(...differences(printed.stdout, expected));
  if (payload !== undefined) {
    const text = readFileSync(join(folder, 'out.json'), 'utf8');
    if (!payload.test(text)) problems.push(`payload: ${text}`);
  }
  if (problems.length > 0) failed += 1;
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} aws lambda ${command.join(' ')}`);
  for (const problem of problems) console.log(`     ${problem}`);
}

await server.close();
rmSync(folder, { recursive: true });
console.log(`\n${steps.length - failed} of ${steps.length} commands answered as expected`);
process.exitCode = failed === 0 ? 0 : 1;

/** What the JSON on stdout lacks of the expected members; texts in slashes are patterns. */
function differences(stdout: string, expected: Readonly<Record<string, unknown>>): string[] {
  if (Object.keys(expected).length === 0) return [];
  const actual = JSON.parse(stdout) as unknown;
  return Object.entries(expected).flatMap(([path, value]) => {
    const at = path.split('.').reduce(member, actual);
    const isSame = value instanceof RegExp ? value.test(String(at)) : isEqual(at, value);
    return isSame ? [] : [`${path}: ${JSON.stringify(at)} instead of ${String(value)}`];
  });
}

function member(value: unknown, name: string): unknown {
  if (name === 'length' && Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
