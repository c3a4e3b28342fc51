import { Buffer } from '../../node/buffer.ts';
import { errorWithCode } from '../../node/internal/errors.ts';
import { nextTick } from '../../ticks.ts';
import { clearTimeout, setTimeout } from '../../timers.ts';
import { hostData } from '../../web/internal/host-text.ts';
import { Exchange } from '../../web/internal/exchange.ts';
import { hidden } from '../net/hidden.ts';
import { Duplex } from '../net/streams.ts';
import { headersOf, type Http2Headers } from './headers.ts';

type Done = (error?: Error | null) => void;

/** What a stream needs of the session that it belongs to. */
export interface StreamOwner {
  readonly handle: number | undefined;
  readonly destroyed: boolean;
  whenConnected(action: () => void): void;
  streamEnded(stream: object): void;
  touch(): void;
}

interface Inside {
  readonly exchange: Exchange;
  readonly headers: readonly string[];
  readonly endsAtOnce: boolean;
  hasBegun: boolean;
  hasHead: boolean;
  wantsBytes: boolean;
  isReading: boolean;
  timer: unknown;
  timeoutMs: number;
}

const inside = hidden<Inside>();

/** https://nodejs.org/api/http2.html#class-clienthttp2stream */
export class ClientHttp2Stream extends Duplex {
  declare session: StreamOwner | undefined;
  declare id: number | undefined;
  declare aborted: boolean;
  declare rstCode: number;
  declare endAfterHeaders: boolean;
  declare sentHeaders: Http2Headers;
  declare scheme: string | undefined;

  constructor(
    session: StreamOwner,
    request: {
      readonly sent: Http2Headers;
      readonly list: readonly string[];
      readonly ends: boolean;
    },
  ) {
    super({ allowHalfOpen: true, autoDestroy: true, emitClose: true, decodeStrings: true });
    this.session = session;
    this.id = undefined;
    this.aborted = false;
    this.rstCode = 0;
    this.endAfterHeaders = false;
    this.sentHeaders = request.sent;
    inside.put(this, {
      exchange: new Exchange(),
      headers: request.list,
      endsAtOnce: request.ends,
      hasBegun: false,
      hasHead: false,
      wantsBytes: false,
      isReading: false,
      timer: undefined,
      timeoutMs: 0,
    });
    if (request.ends) this.end();
    session.whenConnected(() => nextTick(() => this.begin(), []));
  }

  private begin(): void {
    const self = inside.of(this);
    const { session } = this;
    if (this.destroyed || session === undefined) return;
    self.hasBegun = true;
    const question = { session: session.handle, headers: self.headers };
    self.exchange.start('h2.request', question, undefined, self.endsAtOnce, (error, answer) => {
      if (this.destroyed) return;
      this.touch();
      if (error === undefined) this.answered(answer ?? '{}');
      else this.destroy(error);
    });
    this.emit('ready');
  }

  private answered(answer: string): void {
    const self = inside.of(this);
    const { headers, streamId } = hostData(answer) as { headers: string[]; streamId?: number };
    this.id = streamId;
    self.hasHead = true;
    this.emit('response', headersOf(headers), 4, headers);
    if (self.wantsBytes) this._read();
  }

  override _read(): void {
    const self = inside.of(this);
    self.wantsBytes = true;
    if (!self.hasHead || self.isReading) return;
    self.isReading = true;
    self.exchange.read((error, answer) => {
      self.isReading = false;
      self.wantsBytes = false;
      this.touch();
      if (error !== undefined) {
        this.destroy(error);
      } else if (answer instanceof ArrayBuffer) {
        this.push(Buffer.from(answer));
      } else {
        if (answer !== undefined && answer.length > 0) this.emit('trailers', headersOf(answer), 5);
        this.push(null);
      }
    });
  }

  override _write(chunk: Uint8Array, _encoding: string, done: Done): void {
    this.whenBegun(() => inside.of(this).exchange.write(chunk, done), done);
  }

  override _final(done: Done): void {
    if (inside.of(this).endsAtOnce) {
      done();
      return;
    }
    // Why it fails is told with the response.
    this.whenBegun(() => inside.of(this).exchange.end(undefined, () => done()), done);
  }

  private whenBegun(action: () => void, done: Done): void {
    if (this.destroyed)
      done(errorWithCode('ERR_HTTP2_INVALID_STREAM', 'The stream has been destroyed'));
    else if (inside.of(this).hasBegun) action();
    else this.once('ready', action);
  }

  override _destroy(error: Error | null, done: Done): void {
    const self = inside.of(this);
    clearTimeout(self.timer);
    const isOver = this.readableEnded && this.writableFinished;
    if (!isOver) {
      self.exchange.destroy();
      if (!this.readableEnded && self.hasHead) {
        this.aborted = true;
        this.emit('aborted');
      }
    }
    this.session?.streamEnded(this);
    this.session = undefined;
    done(error);
  }

  /** Ends the stream before its time, or says that it has ended. */
  close(code = 0, done?: () => void): void {
    if (done !== undefined) this.once('close', done);
    this.rstCode = code;
    this.destroy();
  }

  setTimeout(delayMs: number, done?: (...args: never[]) => void): this {
    if (done !== undefined) this.once('timeout', done);
    inside.of(this).timeoutMs = delayMs;
    clearTimeout(inside.of(this).timer);
    this.touch();
    return this;
  }

  private touch(): void {
    const self = inside.of(this);
    this.session?.touch();
    if (self.timeoutMs === 0) return;
    clearTimeout(self.timer);
    self.timer = setTimeout(() => this.emit('timeout'), self.timeoutMs);
  }

  sendTrailers(): never {
    throw errorWithCode('ERR_HTTP2_TRAILERS_NOT_READY', 'Trailers cannot be sent by a client here');
  }

  priority(): void {}

  get pending(): boolean {
    return !inside.of(this).hasHead;
  }

  get closed(): boolean {
    return this.destroyed;
  }

  get bufferSize(): number {
    return this.writableLength;
  }

  get headersSent(): boolean {
    return inside.of(this).hasBegun;
  }

  get sentInfoHeaders(): Http2Headers[] {
    return [];
  }

  get sentTrailers(): undefined {
    return undefined;
  }

  get state(): object {
    return {};
  }
}
