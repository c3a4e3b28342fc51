import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers everything with 1 KB; to a POST with the empty JSON that DynamoDB gives for PutItem. */
export class StubServer {
  readonly #server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const isPost = request.method === 'POST';
      response.setHeader('content-type', isPost ? 'application/x-amz-json-1.0' : 'text/plain');
      response.end(isPost ? '{}' : 'x'.repeat(1_024));
    });
  });

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }
}
