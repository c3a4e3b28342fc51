import { createServer, type Socket } from 'node:net';
import { PostgresLogin } from './postgres-login.ts';
import { message, rowDescription, dataRow, text } from './postgres-messages.ts';
import { listen, type Stub } from './server.ts';

const sslRequest = 80_877_103;
const int4 = 23;
const textType = 25;

/**
 * A server of PostgreSQL's protocol. A simple query gets one row `answer = 42`; a prepared one gets one row
 * of its own parameters; a query that names `missing_table` gets the server's error.
 * https://www.postgresql.org/docs/current/protocol-flow.html
 */
export function postgresStub(): Promise<Stub> {
  return listen(createServer((socket) => new Session(socket)));
}

class Session {
  readonly #socket: Socket;
  readonly #login: PostgresLogin;
  #pending: Buffer = Buffer.alloc(0);
  #isStarted = false;
  #query = '';
  #parameters: (Buffer | null)[] = [];
  #hasFailed = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#login = new PostgresLogin((bytes) => socket.write(bytes));
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      this.#pending = Buffer.concat([this.#pending, chunk]);
      while (this.#takeOne());
    });
  }

  #takeOne(): boolean {
    const head = this.#isStarted ? 1 : 0;
    if (this.#pending.length < head + 4) return false;
    const length = this.#pending.readInt32BE(head);
    if (this.#pending.length < head + length) return false;
    const type = this.#isStarted ? String.fromCharCode(this.#pending[0] ?? 0) : 'startup';
    const body = this.#pending.subarray(head + 4, head + length);
    this.#pending = this.#pending.subarray(head + length);
    if (type === 'startup') this.#start(body);
    else if (type === 'p') this.#login.take(body);
    else this.#take(type, body);
    return true;
  }

  #start(body: Buffer): void {
    if (body.readInt32BE(0) === sslRequest) {
      this.#socket.write('N');
      return;
    }
    this.#isStarted = true;
    this.#login.begin();
  }

  #take(type: string, body: Buffer): void {
    // After an error the server skips all messages up to the next Sync.
    if (this.#hasFailed && type !== 'S') return;
    switch (type) {
      case 'Q':
        this.#query = text(body, 0);
        if (!this.#fail()) {
          this.#send(rowDescription([{ name: 'answer', type: int4 }]), dataRow(['42']));
          this.#complete();
        }
        return this.#ready();
      case 'P':
        this.#query = text(body, text(body, 0).length + 1);
        if (!this.#fail()) this.#send(message('1'));
        return;
      case 'B':
        this.#parameters = boundValues(body);
        return this.#send(message('2'));
      case 'D':
        return this.#send(rowDescription(columnsOf(this.#parameters)));
      case 'E':
        this.#send(dataRow(this.#parameters));
        return this.#complete();
      case 'S':
        this.#hasFailed = false;
        return this.#ready();
      case 'X':
        return void this.#socket.end();
    }
  }

  #fail(): boolean {
    if (!this.#query.includes('missing_table')) return false;
    const fields = 'SERROR\0VERROR\0C42P01\0Mrelation "missing_table" does not exist\0\0';
    this.#hasFailed = true;
    this.#send(message('E', Buffer.from(fields)));
    return true;
  }

  #complete(): void {
    this.#send(message('C', Buffer.from('SELECT 1\0')));
  }

  #ready(): void {
    this.#hasFailed = false;
    this.#send(message('Z', Buffer.from('I')));
  }

  #send(...messages: Buffer[]): void {
    this.#socket.write(Buffer.concat(messages));
  }
}

/** The values of a Bind message: portal, statement, formats, then length and bytes of each. */
function boundValues(body: Buffer): (Buffer | null)[] {
  let at = text(body, 0).length + 1;
  at += text(body, at).length + 1;
  at += 2 + body.readInt16BE(at) * 2;
  const count = body.readInt16BE(at);
  at += 2;
  return Array.from({ length: count }, () => {
    const length = body.readInt32BE(at);
    at += 4;
    if (length === -1) return null;
    at += length;
    return body.subarray(at - length, at);
  });
}

function columnsOf(values: readonly (Buffer | null)[]): { name: string; type: number }[] {
  return values.map((value, index) => ({
    name: `p${index + 1}`,
    type: value !== null && /^-?\d+$/.test(value.toString()) ? int4 : textType,
  }));
}
