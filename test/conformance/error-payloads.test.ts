import { describe, expect } from 'vitest';
import type { FunctionOptions } from '../../src/index.ts';
import { invokeOnce, payloadOf, test, tiers } from './tiers.ts';

interface Case {
  readonly title: string;
  readonly source: string;
  readonly options?: Partial<FunctionOptions>;
  /** `{id}` stands for the request id. */
  readonly payload: object;
  readonly report: 'error' | 'timeout' | 'failure';
}

const lines = (...text: (string | RegExp)[]): unknown =>
  text.map((line) => (typeof line === 'string' ? line : expect.stringMatching(line)));
const node22 = { runtime: 'nodejs22.x' } as const;

/** Semantics §4.1 and §6. */
const cases: readonly Case[] = [
  {
    title: 'a thrown error: name, message and the user’s own frames',
    source: 'exports.handler = async () => {\n  throw new TypeError("boo");\n}',
    payload: {
      errorType: 'TypeError',
      errorMessage: 'boo',
      trace: lines('TypeError: boo', /^ {4}at .*\/var\/task\/index\.js:2:9\)$/),
    },
    report: 'error',
  },
  {
    title: 'a thrown string',
    source: 'exports.handler = async () => { throw "plain" }',
    payload: { errorType: 'string', errorMessage: 'plain', trace: [] },
    report: 'error',
  },
  {
    title: 'DEL is escaped',
    source:
      'exports.handler = async () => { throw Object.assign(new Error("a\\x7fb"), { stack: "s" }) }',
    payload: { errorType: 'Error', errorMessage: 'a%7Fb', trace: ['s'] },
    report: 'error',
  },
  {
    title: 'an error whose fields cannot be read',
    source:
      'exports.handler = async () => { throw { name: "n", get message() { throw 1 }, stack: "" } }',
    payload: {
      errorType: 'handled',
      errorMessage: expect.stringContaining('there was a problem while retrieving'),
      trace: [],
    },
    report: 'error',
  },
  {
    title: 'a result that JSON cannot express, Node 24',
    source: 'exports.handler = async () => 1n',
    payload: {
      errorType: 'Runtime.JSONStringifyError',
      errorMessage: 'Unable to stringify response body',
      trace: expect.any(Array),
    },
    report: 'error',
  },
  {
    title: 'a result that JSON cannot express, Node 22',
    source: 'exports.handler = async () => 1n',
    options: node22,
    payload: {
      errorType: 'Error',
      errorMessage: 'Unable to stringify response body',
      trace: expect.any(Array),
    },
    report: 'error',
  },
  {
    title: 'a response over 6 MB',
    source: 'exports.handler = async () => "x".repeat(6291600)',
    payload: {
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
      errorType: 'Function.ResponseSizeTooLarge',
    },
    report: 'error',
  },
  {
    title: 'a response that is over 6 MB only in bytes',
    source: 'exports.handler = async () => "\\u20ac".repeat(2200000)',
    payload: {
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
      errorType: 'Function.ResponseSizeTooLarge',
    },
    report: 'error',
  },
  {
    title: 'a timeout of the wall',
    source: 'exports.handler = () => new Promise((r) => setTimeout(r, 60000))',
    options: { timeoutMs: 100 },
    payload: {
      errorType: 'Sandbox.Timedout',
      errorMessage: 'RequestId: {id} Error: Task timed out after 0.10 seconds',
    },
    report: 'timeout',
  },
  {
    title: 'a loop without an end',
    source: 'exports.handler = () => { for (;;); }',
    options: { timeoutMs: 1500, cpuMs: 50 },
    payload: {
      errorType: 'Sandbox.Timedout',
      errorMessage: 'RequestId: {id} Error: Task timed out after 1.50 seconds',
    },
    report: 'timeout',
  },
  {
    title: 'process.exit(0)',
    source: 'exports.handler = () => { try { process.exit(0) } finally { for (;;); } }',
    payload: {
      errorType: 'Runtime.ExitError',
      errorMessage: 'RequestId: {id} Error: Runtime exited without providing a reason',
    },
    report: 'failure',
  },
  {
    title: 'process.exit(3)',
    source: 'exports.handler = () => process.exit(3)',
    payload: {
      errorType: 'Runtime.ExitError',
      errorMessage: 'RequestId: {id} Error: Runtime exited with error: exit status 3',
    },
    report: 'failure',
  },
  {
    title: 'memory over the cap',
    source: 'exports.handler = () => { const all = []; for (;;) all.push({ a: [1, 2, 3] }) }',
    options: { memoryMb: 16, timeoutMs: 20_000, cpuMs: 20_000 },
    payload: {
      errorType: 'Runtime.OutOfMemory',
      errorMessage: 'RequestId: {id} Error: Runtime exited with error: signal: killed',
    },
    report: 'failure',
  },
  {
    title: 'a promise that nothing can settle, Node 22',
    source: 'exports.handler = () => new Promise(() => {})',
    options: node22,
    payload: {
      errorType: 'Runtime.NodeJsExit',
      errorMessage: expect.stringMatching(/^The Lambda runtime client detected an unexpected/),
      trace: expect.any(Array),
    },
    report: 'failure',
  },
  {
    title: 'a promise that nothing can settle, Node 24',
    source: 'exports.handler = () => new Promise(() => {})',
    payload: {
      errorType: 'Runtime.ExitError',
      errorMessage: 'RequestId: {id} Error: Runtime exited with error: exit status 13',
    },
    report: 'failure',
  },
  {
    title: 'a rejection that nobody handles, Node 22',
    source:
      'exports.handler = async () => { Promise.reject(new TypeError("bg")); await new Promise((r) => setTimeout(r, 50)) }',
    options: node22,
    payload: {
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'TypeError: bg',
      trace: expect.any(Array),
    },
    report: 'failure',
  },
  {
    title: 'an error in a timer that nobody catches, Node 22',
    source:
      'exports.handler = async () => { setTimeout(() => { throw new RangeError("t") }, 1); await new Promise((r) => setTimeout(r, 500)) }',
    options: node22,
    payload: { errorType: 'RangeError', errorMessage: 't', trace: expect.any(Array) },
    report: 'failure',
  },
  {
    title: 'an error in a timer that nobody catches, Node 24',
    source:
      'exports.handler = async () => { setTimeout(() => { throw new RangeError("t") }, 1); await new Promise((r) => setTimeout(r, 500)) }',
    payload: {
      errorType: 'Runtime.ExitError',
      errorMessage: 'RequestId: {id} Error: Runtime exited with error: exit status 1',
    },
    report: 'failure',
  },
  {
    title: 'a syntax error, with the place',
    source: 'exports.handler = async () => {\n  let a b\n}',
    payload: {
      errorType: 'Runtime.UserCodeSyntaxError',
      errorMessage: "SyntaxError: Unexpected identifier 'b'",
      trace: lines('/var/task/index.js:2', '  let a b', /\^/, '', /^SyntaxError/),
    },
    report: 'failure',
  },
  {
    title: 'a syntax error in an ES module',
    source: 'export const handler = async () => {\n  let a b\n}',
    payload: {
      errorType: 'Runtime.UserCodeSyntaxError',
      errorMessage: "SyntaxError: Unexpected identifier 'b'",
      trace: lines('file:///var/task/index.mjs:2', '', /^SyntaxError/),
    },
    report: 'failure',
  },
  {
    title: 'an error at module top level',
    source: 'throw new EvalError("top")',
    payload: {
      errorType: 'EvalError',
      errorMessage: 'top',
      trace: lines('EvalError: top', /\/var\/task\/index\.js:1:7/),
    },
    report: 'failure',
  },
  {
    title: 'an error at the top level of an ES module',
    source: 'await null; throw new EvalError("top"); export const handler = 1',
    payload: {
      errorType: 'EvalError',
      errorMessage: 'top',
      trace: lines('EvalError: top', /file:\/\/\/var\/task\/index\.mjs:1:19/),
    },
    report: 'failure',
  },
  {
    title: 'no such export',
    source: 'exports.other = 1',
    payload: {
      errorType: 'Runtime.HandlerNotFound',
      errorMessage: 'index.handler is undefined or not exported',
      trace: expect.any(Array),
    },
    report: 'failure',
  },
  {
    title: 'an export that is no function',
    source: 'exports.handler = 1',
    payload: {
      errorType: 'Runtime.HandlerNotFound',
      errorMessage: 'index.handler is not a function',
      trace: expect.any(Array),
    },
    report: 'failure',
  },
  {
    title: 'a module that is not there',
    source: 'require("nope")',
    payload: {
      errorType: 'Runtime.ImportModuleError',
      errorMessage: "Error: Cannot find module 'nope'\nRequire stack:\n- /var/task/index.js",
      trace: expect.any(Array),
    },
    report: 'failure',
  },
  {
    title: 'a forbidden handler name',
    source: 'exports.handler = 1',
    options: { handler: '../index.handler' },
    payload: {
      errorType: 'Runtime.MalformedHandlerName',
      errorMessage:
        "'../index.handler' is not a valid handler name. Use absolute paths when specifying root directories in handler names.",
      trace: expect.any(Array),
    },
    report: 'failure',
  },
];

describe.each(tiers)('error payloads, %s', (isolation) => {
  test.for(cases)('$title', async ({ source, options, payload, report }, { lambda }) => {
    const outcome = await invokeOnce(lambda, { source, isolation, ...options });
    const expected = Object.fromEntries(
      Object.entries(payload).map(([key, value]) => [
        key,
        typeof value === 'string' ? value.replace('{id}', outcome.requestId) : value,
      ]),
    );
    expect(payloadOf(outcome)).toEqual(expected);
    expect(Object.keys(payloadOf(outcome) as object)).toEqual(Object.keys(payload));
    expect(outcome.report.status).toBe(report);
  });

  test('a failed handler leaves the environment warm, a crash does not', async ({ lambda }) => {
    const source =
      'let calls = 0; exports.handler = async (how) => { calls += 1; if (how === "throw") throw new Error("x"); if (how === "exit") process.exit(1); return calls }';
    const deployed = await lambda.createFunction({ name: 'f', code: { source }, isolation });
    expect(await deployed.call('count')).toBe(1);
    await deployed.invoke('throw');
    expect(await deployed.call('count')).toBe(3);
    await deployed.invoke('exit');
    expect(await deployed.call('count')).toBe(1);
  });
});

describe('the legacy style', () => {
  test.override({ options: { errorStyle: 'legacy' } });

  test('words timeouts and memory as AWS did before 2025', async ({ lambda }) => {
    const slow = 'exports.handler = () => new Promise((r) => setTimeout(r, 60000))';
    const timeout = await invokeOnce(lambda, { source: slow, timeoutMs: 100 });
    expect(payloadOf(timeout)).toEqual({
      errorMessage: expect.stringMatching(
        new RegExp(`^\\d{4}-.*Z ${timeout.requestId} Task timed out after 0.10 seconds$`),
      ),
    });
  });
});
