import { createServer } from 'node:net';
import { awsStub } from './aws.ts';
import { httpStub } from './http.ts';
import { postgresPassword } from './postgres-login.ts';
import { postgresStub } from './postgres.ts';
import { redisStub } from './redis.ts';
import { listen, type Stub } from './server.ts';
import { smtpStub } from './smtp.ts';
import { websocketStub } from './websocket.ts';

/** Every stub that the handlers talk to, and what they are told about them. */
export interface Stubs {
  /** Variables for the handlers: where each stub listens. */
  readonly environment: Readonly<Record<string, string>>;
  /** The same places, as names for the option `network.allow`. */
  readonly allow: readonly string[];
  close(): Promise<void>;
}

export async function startStubs(): Promise<Stubs> {
  const [aws, web, postgres, redis, smtp, socket, closed] = await Promise.all([
    awsStub(),
    httpStub(),
    postgresStub(),
    redisStub(),
    smtpStub(),
    websocketStub(),
    // Nobody listens here any more: for clients that have to fail cleanly.
    listen(createServer()).then(async (stub) => {
      await stub.close();
      return stub;
    }),
  ]);
  const open: readonly Stub[] = [aws, web, postgres, redis, smtp, socket];
  return {
    environment: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${aws.port}`,
      STUB_HTTP: `http://127.0.0.1:${web.port}`,
      STUB_POSTGRES: `postgres://ada:${postgresPassword}@127.0.0.1:${postgres.port}/shop`,
      STUB_REDIS: `redis://127.0.0.1:${redis.port}`,
      STUB_SMTP: `smtp://127.0.0.1:${smtp.port}`,
      STUB_WEBSOCKET: `ws://127.0.0.1:${socket.port}`,
      CLOSED_PORT: String(closed.port),
    },
    allow: [...open, closed].flatMap(({ port }) => [`127.0.0.1:${port}`, `localhost:${port}`]),
    async close() {
      await Promise.all(open.map((stub) => stub.close()));
    },
  };
}
