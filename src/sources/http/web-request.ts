import { readBody } from './request-body.ts';
import type { ReceivedRequest } from './received-request.ts';

/** Reads a request of the web's `fetch`; it came from this process. */
export async function receivedFrom(request: Request): Promise<ReceivedRequest> {
  return {
    method: request.method,
    url: new URL(request.url),
    headers: [...request.headers],
    body: await readBody(request.body),
    sourceIp: '127.0.0.1',
    signal: request.signal,
  };
}
