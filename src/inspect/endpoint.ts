import { createServer, STATUS_CODES } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import { isTrustedHostHeader, urlHost } from './host-header.ts';
import type { InspectAddress, InspectTarget } from './target.ts';

/** A debugger sends scripts back when it edits them live; nothing it sends is larger. */
const longestMessageBytes = 64 * 1_048_576;

/** `1001 Going Away`: https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const goingAway = 1_001;

/**
 * One listening port with the targets behind it: `/json/version` and `/json/list` for those who look, and
 * a WebSocket for each target that speaks the Chrome DevTools Protocol. The same paths as Node's own
 * inspector, so that what attaches to Node attaches here.
 * https://chromedevtools.github.io/devtools-protocol/#endpoints
 */
export class Endpoint {
  readonly host: string;
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #targets = new Map<string, InspectTarget>();
  #holds = 0;

  private constructor(host: string, server: Server, sockets: WebSocketServer) {
    this.host = host;
    this.#server = server;
    this.#sockets = sockets;
    this.port = (server.address() as AddressInfo).port;
    server.on('request', (request, response) => this.#answer(request, response));
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    // Like Node's inspector, it keeps no process alive that has nothing else to do.
    server.on('connection', (socket) => socket.unref());
    server.unref();
  }

  /** Listens; rejects with Node's error when the port is taken. */
  static async open({ host, port }: InspectAddress): Promise<Endpoint> {
    // Only those who debug pay for loading it.
    const { WebSocketServer: SocketServer } = await import('ws');
    const server = createServer();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, resolve);
    await promise;
    server.off('error', reject);
    const sockets = new SocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: longestMessageBytes,
    });
    return new Endpoint(host, server, sockets);
  }

  get size(): number {
    return this.#targets.size;
  }

  /** Where a debugger attaches to a target. */
  webSocketUrl(target: InspectTarget): string {
    return `ws://${urlHost(this.host, this.port)}/${target.id}`;
  }

  add(target: InspectTarget): void {
    this.#targets.set(target.id, target);
  }

  remove(target: InspectTarget): void {
    this.#targets.delete(target.id);
  }

  /** Keeps the process alive while somebody waits for a debugger. */
  hold(): void {
    this.#holds += 1;
    this.#server.ref();
  }

  release(): void {
    this.#holds -= 1;
    if (this.#holds === 0) this.#server.unref();
  }

  async close(): Promise<void> {
    this.#targets.clear();
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (!isTrustedHostHeader(request.headers.host)) {
      reply(response, 400, 'The Host header must be an IP address or localhost');
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      reply(response, 405, 'Only GET and HEAD are answered here');
      return;
    }
    switch (pathOf(request)) {
      case '/json/version':
        reply(response, 200, {
          Browser: `node.js/${process.version}`,
          'Protocol-Version': '1.1',
        });
        return;
      case '/json':
      case '/json/list':
        reply(response, 200, this.#list(request.headers.host ?? ''));
        return;
      default:
        reply(response, 404, 'See /json/list');
    }
  }

  /** Some debuggers take the first target: those that wait come first, then the newest free ones. */
  #list(host: string): object[] {
    const rank = { waiting: 0, free: 1, attached: 2 };
    const targets = [...this.#targets.values()].toReversed();
    targets.sort((a, b) => rank[a.state] - rank[b.state]);
    return targets.map((target) => ({
      description: 'isolambda environment',
      devtoolsFrontendUrl: `devtools://devtools/bundled/js_app.html?experiments=true&v8only=true&ws=${host}/${target.id}`,
      faviconUrl: 'https://nodejs.org/static/images/favicons/favicon.ico',
      id: target.id,
      title: target.title,
      type: 'node',
      url: target.url,
      webSocketDebuggerUrl: `ws://${host}/${target.id}`,
    }));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!isTrustedHostHeader(request.headers.host)) {
      refuse(socket, 400);
      return;
    }
    const target = this.#targets.get(pathOf(request).slice(1));
    if (target === undefined) {
      refuse(socket, 404);
      return;
    }
    if (target.state === 'attached') {
      // One debugger at a time: a second one would fight with it over where the target stands.
      refuse(socket, 409);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => connect(webSocket, target));
  }
}

function connect(webSocket: WebSocket, target: InspectTarget): void {
  const connection = target.attach({
    send: (message) => webSocket.send(message),
    close: () => webSocket.close(goingAway, 'The environment ended'),
  });
  if (connection === undefined) {
    webSocket.close(goingAway, 'Another debugger is attached');
    return;
  }
  webSocket.on('message', (data, isBinary) => {
    // ws gives text as one Buffer unless it is told otherwise.
    if (!isBinary) connection.receive((data as Buffer).toString('utf8'));
  });
  // After an error, ws closes by itself.
  webSocket.on('error', () => {});
  webSocket.on('close', () => connection.detach());
}

function pathOf(request: IncomingMessage): string {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function reply(response: ServerResponse, status: number, body: object | string): void {
  const isText = typeof body === 'string';
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; charset=UTF-8' : 'application/json; charset=UTF-8',
    'cache-control': 'no-cache',
  });
  response.end(isText ? body : JSON.stringify(body, undefined, 2));
}

function refuse(socket: Duplex, status: number): void {
  socket.on('error', () => {});
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`);
}
