import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** A handler that does one thing many times, so that the call around it does not count. */
export interface Workload {
  readonly name: string;
  /** Repetitions in one invocation. */
  readonly times: number;
  /** CommonJS; `exports.handler = async ({ times, url }) => ...`. */
  readonly source: string;
}

/** `body` runs `times` times behind `setUp`. */
function repeated(name: string, times: number, setUp: string, body: string): Workload {
  const source = `${setUp}
exports.handler = async ({ times, url }) => {
  let last;
  for (let index = 0; index < times; index += 1) { ${body} }
  return String(last).length;
};`;
  return { name, times, source };
}

export const workloads: readonly Workload[] = [
  repeated('new URL', 200, '', 'last = new URL("https://example.com/a/b?c=d#" + index).href;'),
  repeated('crypto.randomUUID', 500, '', 'last = crypto.randomUUID();'),
  repeated(
    'sha256 of 1 KB',
    50,
    'const { createHash } = require("node:crypto"); const data = Buffer.alloc(1_024, 97);',
    'last = createHash("sha256").update(data).digest("hex");',
  ),
  repeated(
    'sha256 of 1 MB',
    2,
    'const { createHash } = require("node:crypto"); const data = Buffer.alloc(1_048_576, 97);',
    'last = createHash("sha256").update(data).digest("hex");',
  ),
  repeated(
    'gzipSync of 64 KB',
    5,
    'const { gzipSync } = require("node:zlib"); const data = Buffer.from("some text that packs well; ".repeat(2_430));',
    'last = gzipSync(data).length;',
  ),
  repeated(
    'await inside als.run',
    5_000,
    'const { AsyncLocalStorage } = require("node:async_hooks"); const als = new AsyncLocalStorage(); const leaf = async () => als.getStore();',
    'last = await als.run(index, async () => { await leaf(); return await leaf(); });',
  ),
  repeated(
    'await without a context',
    5_000,
    'const leaf = async () => 1;',
    'last = await leaf(); last = await leaf();',
  ),
  repeated('fetch of 1 KB', 10, '', 'last = await (await fetch(url)).text();'),
];

const packages = fileURLToPath(new URL('../../compat/packages/node_modules', import.meta.url));

/** Handlers that need packages; none when the packages of compat/packages are not installed. */
export async function packagedWorkloads(): Promise<Workload[]> {
  if (!existsSync(packages)) return [];
  return [
    {
      name: 'hono GET (aws-lambda adapter)',
      times: 100,
      source: await bundle(`
        import { Hono } from 'hono';
        import { handle } from 'hono/aws-lambda';
        const app = new Hono();
        app.get('/users/:id', (c) => c.json({ id: c.req.param('id'), q: c.req.query('q') }));
        const run = handle(app);
        const event = {
          version: '2.0', routeKey: '$default', rawPath: '/users/7', rawQueryString: 'q=1',
          headers: { host: 'example.com', accept: '*/*' }, isBase64Encoded: false,
          requestContext: { domainName: 'example.com', stage: '$default', http: { method: 'GET', path: '/users/7', protocol: 'HTTP/1.1', sourceIp: '1.2.3.4', userAgent: 'x' } },
        };
        export const handler = async ({ times }) => {
          let last;
          for (let index = 0; index < times; index += 1) last = await run(event, {});
          return last.body.length;
        };`),
    },
    {
      name: 'SDK v3 DynamoDB PutItem (stub)',
      times: 5,
      source: await bundle(`
        import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
        let client;
        export const handler = async ({ times, url }) => {
          client ??= new DynamoDBClient({
            endpoint: url, region: 'us-east-1',
            credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
          });
          for (let index = 0; index < times; index += 1) {
            await client.send(new PutItemCommand({ TableName: 't', Item: { id: { S: String(index) } } }));
          }
          return times;
        };`),
    },
  ];
}

async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents,
      resolveDir: fileURLToPath(new URL('../../compat/packages', import.meta.url)),
    },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}
