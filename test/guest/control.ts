import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';

/** Node 24 when the tests run on another line: guests look like Node 24 on all of them. */
const otherNode = process.env['CONTROL_NODE'];

/** What Node itself says: runs the text of a CommonJS handler without a guest. The result is JSON. */
export async function runInNode(source: string): Promise<unknown> {
  if (otherNode !== undefined) return await runInChild(otherNode, source);
  const module: { exports: { handler?: () => Promise<unknown> } } = { exports: {} };
  // oxlint-disable-next-line typescript/no-implied-eval -- the very text that the guest runs
  const body = new Function('exports', 'require', source) as (...args: unknown[]) => void;
  body(module.exports, createRequire(import.meta.url));
  return asJson(await module.exports.handler?.());
}

async function runInChild(node: string, source: string): Promise<unknown> {
  const script = `${source}
    exports.handler().then((value) => {
      require('node:fs').writeSync(1, '\\n' + JSON.stringify(value ?? null));
      process.exit(0);
    });`;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = execFile(node, ['-'], { maxBuffer: 2 ** 26 }, (error, stdout) => {
    if (error === null) resolve(stdout);
    else reject(error);
  });
  child.stdin?.end(script);
  const printed = await promise;
  return JSON.parse(printed.slice(printed.lastIndexOf('\n') + 1));
}

function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}
