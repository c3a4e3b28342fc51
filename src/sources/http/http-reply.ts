import type { Pairs } from './http-request.ts';

/** An answer on its way to a client. */
export interface HttpReply {
  /** 200 to 599. */
  readonly status: number;
  readonly headers: Pairs;
  readonly body: Uint8Array | ReadableStream<Uint8Array>;
}

/** Statuses whose answers have no body, whatever the handler gave. */
const withoutBody: ReadonlySet<number> = new Set([204, 205, 304]);

export const noBytes: Uint8Array = new Uint8Array();

/** `message` as the service writes it: byte for byte. */
export function jsonReply(status: number, message: object, headers: Pairs = []): HttpReply {
  return {
    status,
    headers: [['content-type', 'application/json'], ...headers],
    body: Buffer.from(JSON.stringify(message)),
  };
}

/** For callers who speak the web's language. `HEAD` gets no body. */
export function responseOf({ status, headers, body }: HttpReply, method: string): Response {
  const isBare = method === 'HEAD' || isBodyless(status);
  if (isBare) dropBody(body);
  return new Response(isBare ? null : (body as Uint8Array<ArrayBuffer>), {
    status,
    headers: headers.map(([name, value]): [string, string] => [name, value]),
  });
}

/** Nobody reads it: its handler need not wait. */
export function dropBody(body: HttpReply['body']): void {
  if (body instanceof Uint8Array) return;
  // A stream that has failed already has nothing to be told.
  body.cancel().catch(() => {});
}

export function isBodyless(status: number): boolean {
  return withoutBody.has(status);
}
