import { Lambda } from '../../src/index.ts';
import { runInNode } from './control.ts';

/** A name and the body of an async function whose result has a JSON form. */
export type Case = readonly [name: string, body: string];

/** What every body may use: how a value or an error looks to a program. */
const prelude = `
  const look = (error) => error === null || typeof error !== 'object' ? String(error) :
    [error.constructor.name, error.name, error.message, error.code].map((part) => String(part));
  const caught = (run) => { try { return run(); } catch (error) { return look(error); } };
  const caughtLater = async (run) => { try { return await run(); } catch (error) { return look(error); } };
  const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
`;

function sourceOf(bodies: readonly string[]): string {
  const list = bodies.map((body) => `async () => { ${body} }`).join(',\n');
  return `${prelude}
    exports.handler = async () => {
      const results = [];
      for (const run of [${list}]) results.push(await caughtLater(run));
      return results;
    };`;
}

/** The results of all bodies in Node itself. */
export async function inNode(cases: readonly Case[]): Promise<unknown[]> {
  return (await runInNode(sourceOf(cases.map(([, body]) => body)))) as unknown[];
}

/** The results of all bodies in one guest. */
export async function inGuest(cases: readonly Case[]): Promise<unknown[]> {
  await using lambda = new Lambda({ blanks: 0 });
  const source = sourceOf(cases.map(([, body]) => body));
  const probe = await lambda.createFunction({ name: 'probe', code: { source }, timeoutMs: 10_000 });
  return (await probe.call()) as unknown[];
}
