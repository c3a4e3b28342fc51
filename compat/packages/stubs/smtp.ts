import { createServer } from 'node:net';
import { listen, type Stub } from './server.ts';

/** A mail server that takes every message and says in its answer how many lines it had. */
export function smtpStub(): Promise<Stub> {
  return listen(
    createServer((socket) => {
      let pending = '';
      let isData = false;
      let lines = 0;
      const say = (line: string): boolean => socket.write(`${line}\r\n`);
      const take = (line: string): void => {
        if (isData) {
          if (line !== '.') return void lines++;
          isData = false;
          return void say(`250 2.0.0 queued, ${lines} lines`);
        }
        const verb = line.slice(0, 4).toUpperCase();
        if (verb === 'EHLO') return void say('250-stub\r\n250 8BITMIME');
        if (verb === 'DATA') {
          isData = true;
          return void say('354 go on');
        }
        if (verb === 'QUIT') return void socket.end('221 bye\r\n');
        say('250 2.1.0 fine');
      };
      socket.setEncoding('utf8');
      socket.on('error', () => socket.destroy());
      socket.on('data', (text: string) => {
        const parts = (pending + text).split('\r\n');
        pending = parts.pop() ?? '';
        for (const line of parts) take(line);
      });
      say('220 stub ESMTP');
    }),
  );
}
