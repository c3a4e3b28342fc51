import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { listen, type Stub } from './server.ts';

const text = 0x1;
const close = 0x8;

/** A WebSocket server that answers each text frame (shorter than 126 bytes) in capitals. RFC 6455. */
export function websocketStub(): Promise<Stub> {
  const server = createServer();
  server.on('upgrade', (request, socket) => {
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    let pending = Buffer.alloc(0);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      for (;;) {
        const length = (pending[1] ?? 0) & 0x7f;
        if (pending.length < 6 + length) return;
        const mask = pending.subarray(2, 6);
        const payload = pending
          .subarray(6, 6 + length)
          .map((byte, at) => byte ^ (mask[at % 4] ?? 0));
        const opcode = (pending[0] ?? 0) & 0x0f;
        pending = pending.subarray(6 + length);
        const answer = opcode === text ? Buffer.from(payload.toString().toUpperCase()) : payload;
        socket.write(Buffer.concat([Buffer.from([0x80 | opcode, answer.length]), answer]));
        if (opcode === close) socket.end();
      }
    });
  });
  return listen(server);
}
