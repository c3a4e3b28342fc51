import type { Socket } from 'node:net';
import type { Handle } from './handles.ts';
import { PulledStream, PushedStream } from './pulled-stream.ts';

/** A connected socket of a guest, with or without TLS. */
export class SocketHandle implements Handle {
  readonly socket: Socket;
  readonly reader: PulledStream;
  readonly writer: PushedStream;

  constructor(socket: Socket) {
    this.socket = socket;
    // Whoever reads or writes is told; until then an error must not end the process.
    socket.on('error', () => {});
    this.reader = new PulledStream(socket);
    this.writer = new PushedStream(socket);
  }

  /** The bare socket, for TLS or HTTP on top of it. */
  detach(): Socket {
    this.reader.release();
    return this.socket;
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** Where it goes, in the names of `net.Socket`. */
  facts(): Record<string, string | number | undefined> {
    const { localAddress, localPort, remoteAddress, remotePort, remoteFamily } = this.socket;
    return { localAddress, localPort, remoteAddress, remotePort, remoteFamily };
  }
}
