import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Lambda } from '../../src/index.ts';

/** Statements whose output does not depend on the time. */
const statements = [
  'console.table([{ a: 1, b: "x" }, { a: 2, c: { d: 1 } }])',
  'console.table([[1, 2], [3, 4]])',
  'console.table(["a", "b"])',
  'console.table(5)',
  'console.table(null)',
  'console.table(new Map([["k", { v: 1 }], ["l", 2]]))',
  'console.table(new Set([1, "x"]))',
  'console.table({ r1: { c: 1 }, r2: { c: 2 } })',
  'console.table([{ a: 1, b: 2 }], ["b"])',
  'console.table([])',
  'console.table([{ a: "日本", b: 1n, c: null, d: undefined, e: [1, 2, 3, 4], f() {} }])',
  'console.table([1, { a: 2 }])',
  'console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 })',
  'console.dir("text")',
  'console.count(), console.count("x"), console.count(), console.countReset(), console.count()',
  'console.assert(true, "no"), console.assert(false), console.assert(false, "%s!", "yes"), console.assert(false, { a: 1 })',
  'console.group("outer"), console.log("a\\nb"), console.group(), console.log({ x: 1 }, "y"), console.groupEnd(), console.groupEnd(), console.log("out")',
  'console.log("%s is %d years and %i, %j %o %O %%", "Ada", 36.5, 36.5, { a: 1 }, [1], { b: 2 }, "rest")',
  'console.log(Symbol("s"), 5n, -0, null, undefined, () => 1, new Map([[1, { a: 1 }]]))',
  'console.log(Object.prototype.toString.call(console))',
];

function nodeOutput(statement: string): string {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  const console = new Console({ stdout: stream, stderr: stream });
  // oxlint-disable-next-line typescript/no-implied-eval -- the very text that the guest runs
  new Function('console', statement)(console);
  return text;
}

/** All statements in one guest, with a mark after each. */
async function guestOutputs(): Promise<string[]> {
  const bodies: string[] = [];
  await using lambda = new Lambda({ blanks: 0 });
  lambda.on('log.written', ({ body }) => bodies.push(body));
  const body = statements.map((statement) => `${statement}; console.log('${mark}');`).join('\n');
  const source = `exports.handler = async () => { ${body} };`;
  const fn = await lambda.createFunction({ name: 'writer', code: { source } });
  await fn.call();
  return bodies
    .map((text) => `${text}\n`)
    .join('')
    .split(`${mark}\n`);
}

const mark = '-- next --';

describe('the console writes what it writes in Node', async () => {
  const outputs = await guestOutputs();
  test.each(statements.map((statement, index) => [statement, index] as const))(
    '%s',
    (statement, index) => {
      expect(outputs[index]).toBe(nodeOutput(statement));
    },
  );
});
