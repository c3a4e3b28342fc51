/**
 * A server for the load of the benchmark `door`: `constant` answers by `node:http` alone, `inline` and `thread` are
 * AWS's API with an empty handler of that tier. Says its port on stdout and ends when stdin does.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from 'isolambda/aws';
import type { Isolation } from 'isolambda';
import { deploy } from './lambda.ts';

const what = process.argv[2] as 'constant' | Isolation;
const port = what === 'constant' ? await constant() : await door(what);
console.log(port);
process.stdin.on('end', () => process.exit(0)).resume();

async function door(isolation: Isolation): Promise<number> {
  const { lambda } = await deploy('exports.handler = async () => null;', isolation, {
    logEntries: 0,
  });
  const server = await serve(lambda, { port: 0 });
  return server.port;
}

async function constant(): Promise<number> {
  const server = createServer((request, response) => {
    // A body that nobody reads would end the connection, and the door reads it too.
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 4 });
      response.end('null');
    });
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  return (server.address() as AddressInfo).port;
}
