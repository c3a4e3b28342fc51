import { createServer, type Socket } from 'node:net';
import { listen, type Stub } from './server.ts';

/** A server of RESP, the protocol of Redis, with a handful of commands. */
export function redisStub(): Promise<Stub> {
  const values = new Map<string, string>();
  return listen(
    createServer((socket) => {
      let pending = '';
      socket.setEncoding('latin1');
      socket.on('error', () => socket.destroy());
      socket.on('data', (text: string) => {
        pending += text;
        for (let next = command(pending); next; next = command(pending)) {
          pending = pending.slice(next.length);
          answer(socket, values, next.words);
        }
      });
    }),
  );
}

/** The first command that is complete: `*2\r\n$3\r\nGET\r\n$1\r\na\r\n`. */
function command(text: string): { words: string[]; length: number } | undefined {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (head === null) return undefined;
  const words: string[] = [];
  let at = head[0].length;
  for (let index = 0; index < Number(head[1]); index++) {
    const size = /^\$(\d+)\r\n/.exec(text.slice(at, at + 16));
    if (size === null) return undefined;
    at += size[0].length;
    const length = Number(size[1]);
    if (text.length < at + length + 2) return undefined;
    words.push(text.slice(at, at + length));
    at += length + 2;
  }
  return { words, length: at };
}

function answer(socket: Socket, values: Map<string, string>, words: string[]): void {
  const [name = '', key = '', value = ''] = words;
  const write = (text: string): boolean => socket.write(text, 'latin1');
  const bulk = (text: string | undefined): boolean =>
    write(text === undefined ? '$-1\r\n' : `$${text.length}\r\n${text}\r\n`);
  switch (name.toUpperCase()) {
    case 'PING':
      return void write('+PONG\r\n');
    case 'SET':
      values.set(key, value);
      return void write('+OK\r\n');
    case 'GET':
      return void bulk(values.get(key));
    case 'INCR':
      values.set(key, String(Number(values.get(key) ?? 0) + 1));
      return void write(`:${values.get(key)}\r\n`);
    case 'DEL':
      return void write(`:${values.delete(key) ? 1 : 0}\r\n`);
    case 'INFO':
      return void bulk('redis_version:7.2.0\r\nloading:0\r\n');
    case 'CLIENT':
    case 'SELECT':
      return void write('+OK\r\n');
    case 'QUIT':
      return void socket.end('+OK\r\n');
    default:
      return void write(`-ERR unknown command '${name}'\r\n`);
  }
}
