import { once } from 'node:events';
import type { Server } from 'node:net';

/** A stub that listens on a port of 127.0.0.1. */
export interface Stub {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on any free port of the loopback address. */
export async function listen(server: Server): Promise<Stub> {
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not a TCP port');
  return {
    port: address.port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
