import { describe, expect, test } from 'vitest';
import { describeValue, InvalidOptionError } from '../../src/core/errors.ts';
import { AwsRuleError } from '../../src/functions/aws-rule-error.ts';
import { reservedVariables } from '../../src/functions/environment-variables.ts';
import {
  changeFunctionConfig,
  resolveFunctionOptions,
} from '../../src/functions/function-config.ts';
import type { FunctionOptions } from '../../src/functions/function-options.ts';
import { resolveNetworkOptions } from '../../src/network/network-options.ts';
import { code, controlPlane, home, untyped } from './control-plane.ts';

const defaults = { home, memoryMbPerVcpu: 1_769, network: resolveNetworkOptions() };
const resolve = (options: Partial<FunctionOptions> = {}) =>
  resolveFunctionOptions({ name: 'orders', code, ...options }, defaults);

test('everything but name and code has a default', () => {
  expect(resolve()).toEqual({
    name: 'orders',
    code,
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    memoryMb: 128,
    timeoutMs: 3_000,
    initTimeoutMs: 10_000,
    cpuMs: 218,
    cpuMsSource: 'derived',
    environment: {},
    description: '',
    tags: {},
    architectures: ['x86_64'],
    ephemeralStorageMb: 512,
    layers: [],
    tracing: 'PassThrough',
    logging: { format: 'Text', logGroup: '/aws/lambda/orders' },
    network: { mode: 'public', allow: [] },
    role: 'arn:aws:iam::123456789012:role/isolambda',
    isolation: 'thread',
    allowWebAssembly: false,
    sourceMaps: true,
    inspect: false,
    perTenant: false,
    durable: null,
    reservedConcurrency: null,
    deadLetter: null,
    recursiveLoop: 'Terminate',
    vpcConfig: null,
    fileSystemConfigs: [],
    snapStart: { applyOn: 'None' },
    kmsKeyArn: null,
    sourceKmsKeyArn: null,
    codeSigningConfigArn: null,
  });
});

test('a configuration shares nothing with the options and cannot be changed', () => {
  const environment = { GREETING: 'hello' };
  const config = resolve({ environment });
  environment.GREETING = 'changed';

  expect(config.environment).toEqual({ GREETING: 'hello' });
  for (const part of [config, config.environment, config.tags, config.logging, config.code]) {
    expect(Object.isFrozen(part)).toBe(true);
  }
});

test('an option that is undefined counts as left out', () => {
  const options = { memoryMb: undefined, logging: undefined };
  expect(resolve(untyped(options))).toEqual(resolve());
});

describe('the CPU budget', () => {
  test.each([
    { timeoutMs: 60_000, memoryMb: 1_769, cpuMs: 60_000, why: 'one vCPU is all of the timeout' },
    { timeoutMs: 60_000, memoryMb: 10_240, cpuMs: 60_000, why: 'one thread uses one vCPU' },
    { timeoutMs: 10_000, memoryMb: 512, cpuMs: 2_895, why: 'it is the share of a vCPU' },
    { timeoutMs: 1_000, memoryMb: 128, cpuMs: 100, why: 'it has a floor' },
    { timeoutMs: 40, memoryMb: 128, cpuMs: 40, why: 'the floor is not above the timeout' },
  ])('$timeoutMs ms at $memoryMb MB gives $cpuMs ms: $why', ({ timeoutMs, memoryMb, cpuMs }) => {
    expect(resolve({ timeoutMs, memoryMb }).cpuMs).toBe(cpuMs);
  });

  test('a given budget stays as it is', () => {
    expect(resolve({ cpuMs: 7 })).toMatchObject({ cpuMs: 7, cpuMsSource: 'given' });
  });

  test("a host may take AWS's older constant", () => {
    const config = resolveFunctionOptions(
      { name: 'orders', code, memoryMb: 896, timeoutMs: 1_000 },
      { ...defaults, memoryMbPerVcpu: 1_792 },
    );
    expect(config.cpuMs).toBe(500);
  });
});

describe('network', () => {
  test('a function that does not say takes what the host gives', () => {
    const closed = { ...defaults, network: resolveNetworkOptions('none') };
    const options = { name: 'orders', code };
    expect(resolveFunctionOptions(options, closed).network).toEqual({ mode: 'none', allow: [] });
    expect(resolveFunctionOptions({ ...options, network: 'public' }, closed).network).toEqual({
      mode: 'public',
      allow: [],
    });
  });

  test('an update replaces it or keeps it', () => {
    const current = resolve({ network: { allow: ['localhost:8000'] } });
    expect(changeFunctionConfig(current, { memoryMb: 256 }, defaults).network).toEqual({
      mode: 'public',
      allow: ['localhost:8000'],
    });
    expect(changeFunctionConfig(current, { network: 'none' }, defaults).network).toEqual({
      mode: 'none',
      allow: [],
    });
  });

  test('a host that is none is refused by name', () => {
    expect(() => resolve({ network: { allow: ['http://localhost'] } })).toThrow(
      'Expected `network.allow[0]` to be a host name',
    );
  });
});

describe('logging', () => {
  test('JSON has levels', () => {
    expect(resolve({ logging: { format: 'JSON' } }).logging).toEqual({
      format: 'JSON',
      applicationLevel: 'INFO',
      systemLevel: 'INFO',
      logGroup: '/aws/lambda/orders',
    });
  });

  test.each(['applicationLevel', 'systemLevel'])('text has no %s', (level) => {
    expect(() => resolve({ logging: { [level]: 'INFO' } })).toThrow(
      `Expected \`logging.${level}\` to be absent with the log format "Text", got "INFO"`,
    );
  });
});

describe('environment variables', () => {
  const bytesOf = (length: number) => ({ AB: 'x'.repeat(length - '{"AB":""}'.length) });

  test('4 KB of JSON fit', () => {
    expect(resolve({ environment: bytesOf(4_096) }).environment).toEqual(bytesOf(4_096));
  });

  test('one byte more is refused in the words of AWS', () => {
    const measured = JSON.stringify(bytesOf(4_097));
    const create = () => resolve({ environment: bytesOf(4_097) });

    expect(create).toThrow(AwsRuleError);
    expect(create).toThrow(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${measured}`,
    );
  });

  test('bytes are counted, not characters', () => {
    expect(() => resolve({ environment: { AB: 'ü'.repeat(2_050) } })).toThrow(/4KB limit/);
  });

  test.each([...reservedVariables])('%s is reserved', (name) => {
    expect(() => resolve({ environment: { [name]: 'x', FINE: 'y' } })).toThrow(
      `Reserved keys used in this request: ${name}`,
    );
  });

  test.each(['LANG', 'PATH', 'NODE_PATH', 'NODE_OPTIONS', 'TZ', 'LD_LIBRARY_PATH'])(
    '%s may be overridden',
    (name) => {
      expect(resolve({ environment: { [name]: 'x' } }).environment).toEqual({ [name]: 'x' });
    },
  );
});

test.each(['python3.13', 'nodejs18.x', 'java21', 'provided.al2023', 'dotnet8', 'ruby3.4'])(
  'the AWS runtime %s is refused with the ones that run here',
  (runtime) => {
    expect(() => resolve({ runtime: untyped(runtime) })).toThrow(
      `Expected \`runtime\` to be one of "nodejs20.x", "nodejs22.x", "nodejs24.x", got "${runtime}". AWS knows the runtime`,
    );
  },
);

test('isolation in a process is refused with the reason', () => {
  expect(() => resolve({ isolation: untyped('process') })).toThrow(/`isolation`.*comes later/);
});

const integers = [-1, 0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '', '128', null, [], {}];
const notStrings = [-1, null, true, {}, []];
const long = (length: number) => 'a'.repeat(length);
const manyTags = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`tag${n}`, 'x']));

/** Option, part of the rule that the message states, values that break it. */
const badOptions: [string, string, unknown[]][] = [
  ['name', '1 to 64', ['', 'a b', 'a:b', long(65), 'ü', undefined, ...notStrings]],
  ['handler', 'without white space', ['', 'index. handler', 'a\n', long(129), ...notStrings]],
  ['runtime', '"nodejs24.x"', ['', 'nodejs', 'NODEJS24.X', ...notStrings]],
  ['memoryMb', 'an integer from 8 to 10240', [...integers, 7, 10_241]],
  ['timeoutMs', 'an integer from 1 to 900000', [...integers, 900_001]],
  ['initTimeoutMs', 'an integer from 1 to 900000', [...integers, 900_001]],
  ['cpuMs', 'an integer from 1 to 900000', [...integers, 900_001]],
  ['ephemeralStorageMb', 'an integer from 512 to 10240', [...integers, 511, 10_241]],
  ['description', 'at most 256', [long(257), ...notStrings]],
  ['tracing', '"PassThrough"', ['', 'active', ...notStrings]],
  ['isolation', '"inline"', ['', 'Thread', 'process', ...notStrings]],
  ['role', 'IAM role', ['', 'admin', 'arn:aws:iam::1:role/x', ...notStrings]],
  ['allowWebAssembly', 'true or false', ['', 'true', 0, 1, null]],
  ['perTenant', 'true or false', ['', 'true', 0, 1, null]],
  ['architectures', 'exactly one', ['', 'arm64', [], ['arm64', 'x86_64'], ['riscv'], null]],
  ['environment', 'an object with string values', ['', null, [], 7, new Map()]],
  ['environment', 'a letter', [{ A: 'x' }, { '1A': 'x' }, { 'A-B': 'x' }, { '': 'x' }]],
  ['environment.AB', 'a string', [{ AB: 1 }, { AB: null }]],
  ['tags', 'an object with string values', ['', null, [], 7, new Set()]],
  ['tags', 'at most 50', [manyTags]],
  ['tags', '1 to 128', [{ '': 'x' }, { [long(129)]: 'x' }]],
  ['tags', 'without the prefix "aws:"', [{ 'aws:team': 'x' }, { 'AWS:team': 'x' }]],
  ['tags.team', 'at most 256', [{ team: long(257) }]],
  ['logging', 'an object', ['', null, 7, []]],
  ['logging', '`logGroup`', [{ level: 'INFO' }]],
  ['logging.format', '"JSON"', [{ format: 'json' }, { format: null }]],
  [
    'logging.logGroup',
    '1 to 512',
    [{ logGroup: '' }, { logGroup: 'a b' }, { logGroup: long(513) }],
  ],
  ['logging.applicationLevel', '"TRACE"', [{ format: 'JSON', applicationLevel: 'info' }]],
  ['logging.systemLevel', '"DEBUG"', [{ format: 'JSON', systemLevel: 'ERROR' }]],
  ['code', 'an object', ['', null, 7, [], undefined]],
];

const badCases = badOptions.flatMap(([option, rule, values]) =>
  values.map((value) => ({
    option,
    rule,
    value,
    shown: describeValue(value).slice(0, 40),
  })),
);

test.each(badCases)('$option: $shown is refused, and nothing is created', async (bad) => {
  const { store, calls } = controlPlane();
  const [key = ''] = bad.option.split('.');
  const options = { name: 'orders', code, [key]: bad.value };

  const error = await store.create(untyped(options)).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof InvalidOptionError)) throw new Error('Expected an InvalidOptionError');
  const { message, value } = error;
  expect(error).toMatchObject({ code: 'ERR_INVALID_OPTION', option: bad.option });
  expect(message).toContain(`Expected \`${bad.option}\` to be `);
  expect(message).toContain(bad.rule);
  expect(message).toContain(`got ${describeValue(value)}`);
  expect(calls).toEqual([]);
  expect(store.list()).toEqual([]);
});

test.each([
  { source: 1 },
  { source: 'x', file: 'y' },
  {},
  { file: '' },
  { zip: 7 },
  { format: 'module' },
])('the code %j is refused', (bad) => {
  expect(() => resolve({ code: untyped(bad) })).toThrow(/Expected `code/);
});

test('a misspelt option is refused by name', () => {
  expect(() => resolve(untyped({ memoryMB: 256 }))).toThrow(
    /Expected `options` to be .*`memoryMb`.* got "memoryMB". There is no option `memoryMB`/,
  );
});
