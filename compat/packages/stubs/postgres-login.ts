import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { int32, message, text } from './postgres-messages.ts';

/** The only account of the stub. */
export const postgresPassword = 'engine';

const iterations = 4_096;

/**
 * The server's side of SCRAM-SHA-256, which PostgreSQL asks for by default. RFC 5802, RFC 7677,
 * https://www.postgresql.org/docs/current/sasl-authentication.html
 */
export class PostgresLogin {
  readonly #write: (bytes: Buffer) => void;
  readonly #salt = randomBytes(16);
  #clientFirst = '';
  #serverFirst = '';

  constructor(write: (bytes: Buffer) => void) {
    this.#write = write;
  }

  begin(): void {
    this.#authentication(10, Buffer.from('SCRAM-SHA-256\0\0'));
  }

  take(body: Buffer): void {
    if (this.#clientFirst === '') this.#first(body);
    else this.#last(body.toString());
  }

  #first(body: Buffer): void {
    const mechanism = text(body, 0);
    // Without the header `n,,` that says: no channel binding.
    this.#clientFirst = body
      .toString('utf8', mechanism.length + 5)
      .replace(/^[nyp][^,]*,[^,]*,/, '');
    const nonce = /r=([^,]+)/.exec(this.#clientFirst)?.[1] ?? '';
    const salt = this.#salt.toString('base64');
    this.#serverFirst = `r=${nonce}${randomBytes(12).toString('base64')},s=${salt},i=${iterations}`;
    this.#authentication(11, Buffer.from(this.#serverFirst));
  }

  #last(clientLast: string): void {
    const [withoutProof = '', proof = ''] = clientLast.split(',p=');
    const salted = pbkdf2Sync(postgresPassword, this.#salt, iterations, 32, 'sha256');
    const clientKey = hmac(salted, 'Client Key');
    const storedKey = createHash('sha256').update(clientKey).digest();
    const signed = `${this.#clientFirst},${this.#serverFirst},${withoutProof}`;
    const clientSignature = hmac(storedKey, signed);
    const expected = clientKey.map((byte, at) => byte ^ (clientSignature[at] ?? 0));
    if (Buffer.from(expected).toString('base64') !== proof) {
      const fields = 'SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0';
      return this.#write(message('E', Buffer.from(fields)));
    }
    const serverSignature = hmac(hmac(salted, 'Server Key'), signed).toString('base64');
    this.#authentication(12, Buffer.from(`v=${serverSignature}`));
    this.#authentication(0, Buffer.alloc(0));
    this.#write(message('S', Buffer.from('server_version\x0017.0\0')));
    this.#write(message('K', Buffer.concat([int32(1), int32(2)])));
    this.#write(message('Z', Buffer.from('I')));
  }

  #authentication(kind: number, body: Buffer): void {
    this.#write(message('R', Buffer.concat([int32(kind), body])));
  }
}

function hmac(key: Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
