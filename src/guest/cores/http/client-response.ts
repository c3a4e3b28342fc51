import { Buffer } from '../../node/buffer.ts';
import { nextTick } from '../../ticks.ts';
import type { Exchange, ResponseHead } from '../../web/internal/exchange.ts';
import { IncomingMessage } from './incoming.ts';
import type { SocketLike } from './outgoing.ts';

interface Requester {
  readonly socket: SocketLike | null;
  readonly method: string;
  destroy(error?: Error | null): unknown;
}

const over = Symbol('over');

/** The response that a client gets; its body is pulled from the host as it is read. */
export class ClientResponse extends IncomingMessage {
  declare [over]: { isOver: boolean; onOver: (() => void) | undefined };

  constructor(request: Requester, exchange: Exchange, head: ResponseHead) {
    super(request.socket ?? undefined);
    this[over] = { isOver: false, onOver: undefined };
    const [major = 1, minor = 1] = head.httpVersion.split('.').map(Number);
    this.httpVersion = head.httpVersion;
    this.httpVersionMajor = major;
    this.httpVersionMinor = minor;
    this.statusCode = head.status;
    this.statusMessage = head.statusText;
    this.rawHeaders = head.headers;
    this.upgrade = head.isUpgrade;
    this.req = request;
    let isPulling = false;
    this.comesFrom({
      pull: () => {
        if (isPulling || this[over].isOver || head.isUpgrade) return;
        isPulling = true;
        exchange.read((error, answer) => {
          isPulling = false;
          if (error !== undefined) this.destroy(error);
          else if (answer instanceof ArrayBuffer) this.push(Buffer.from(answer));
          else this.finish(answer ?? []);
        });
      },
      abandon: () => {
        exchange.destroy();
        this.markOver();
      },
    });
  }

  get isOver(): boolean {
    return this[over].isOver;
  }

  /** Calls back when the last byte has been read, or nobody wants it any more. */
  whenOver(then: () => void): void {
    if (this[over].isOver) nextTick(then, []);
    else this[over].onOver = then;
  }

  private finish(trailers: readonly string[]): void {
    this.complete = true;
    this.rawTrailers = trailers;
    this.push(null);
    // The request closes after the end of the response, as everybody expects.
    this.once('end', () => nextTick(() => this.markOver(), []));
  }

  private markOver(): void {
    if (this[over].isOver) return;
    this[over].isOver = true;
    this[over].onOver?.();
  }
}

// It shows in stacks under the name that programs know.
Object.defineProperty(ClientResponse, 'name', { value: 'IncomingMessage', configurable: true });
