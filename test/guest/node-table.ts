import { describe, expect, test } from 'vitest';
import { Lambda } from '../../src/index.ts';
import { runInNode } from './control.ts';

/** What every expression may use besides `require`: how an error looks to a program. */
const prelude = `
  const thrown = (run) => {
    try { return run(); } catch (error) { return [error.name, error.code, error.message]; }
  };
  const rejected = (promise) => promise.catch((error) => [error.name, error.code, error.message]);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const evaluate = async (run) => {
    try { return await run(); } catch (error) { return ['unexpected', String(error)]; }
  };
`;

function sourceOf(expressions: readonly string[]): string {
  const functions = expressions.map((text) => `async () => { return (${text}); }`);
  return `${prelude}
    exports.handler = async () => {
      const results = [];
      for (const run of [${functions.join(',\n')}]) {
        const value = await evaluate(run);
        results.push(value === undefined ? 'undefined' : value);
      }
      return results;
    };`;
}

/** The results of all expressions in one guest. */
async function inGuest(expressions: readonly string[]): Promise<unknown[]> {
  await using lambda = new Lambda({ blanks: 0 });
  const source = sourceOf(expressions);
  const probe = await lambda.createFunction({
    name: 'probe',
    code: { source },
    timeoutMs: 60_000,
    memoryMb: 1_024,
  });
  return (await probe.call({})) as unknown[];
}

/** The same in Node itself. */
async function inNode(expressions: readonly string[]): Promise<unknown[]> {
  return (await runInNode(sourceOf(expressions))) as unknown[];
}

/** One test for each expression: the guest's value, as JSON, is Node's. */
export function sameAsNode(title: string, expressions: readonly string[]): void {
  describe(title, async () => {
    const [guest, node] = await Promise.all([inGuest(expressions), inNode(expressions)]);
    test.each(expressions.map((text, index) => [text, index] as const))('%s', (_, index) => {
      expect(guest[index]).toEqual(node[index]);
    });
  });
}
