import type { Home } from '../../core/arn.ts';
import type { Clock } from '../../core/clock.ts';
import type { Ids } from '../../core/ids.ts';
import type { ResolvedApi } from './api-options.ts';
import type { FunctionCaller } from './function-caller.ts';
import { responseOf, type HttpReply } from './http-reply.ts';
import { nodeListener, type NodeListener } from './node-listener.ts';
import type { ReceivedRequest } from './received-request.ts';
import { receivedFrom } from './web-request.ts';

/** What an API is made of besides its options. */
export interface ApiParts {
  readonly home: Home;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly caller: FunctionCaller;
  readonly onDeleted: (id: string) => void;
}

/** What an API answers, and with which function. */
export interface ApiRoute {
  /** Upper case; `ANY` for any. */
  readonly method: string;
  readonly path: string;
  readonly functionName: string;
  /** A version or an alias. */
  readonly qualifier: string | undefined;
}

/** An API in this process: ask it by `handle`, `lambda.fetch(api.url)`, or serve it with `node:http`. */
export abstract class Api {
  readonly id: string;
  readonly name: string;
  /** `https://{id}.execute-api.{region}.amazonaws.com/`, with the stage behind it when it has a name. */
  readonly url: string;
  /** A listener for `http.createServer`, whatever the host; paths come without the stage. */
  readonly listener: NodeListener;
  readonly routes: readonly ApiRoute[];
  /** Host name of `url`. */
  protected readonly domainName: string;
  protected readonly parts: ApiParts;

  constructor(api: ResolvedApi, parts: ApiParts) {
    const { ids, home } = parts;
    this.id = ids.hex32().slice(0, 10);
    this.name = api.name;
    this.domainName = `${this.id}.execute-api.${home.region}.amazonaws.com`;
    const stage = api.stage === '$default' ? '' : `${api.stage}/`;
    this.url = `https://${this.domainName}/${stage}`;
    this.routes = Object.freeze(
      api.routes.map(({ method, path, functionName, qualifier }) =>
        Object.freeze({ method, path, functionName, qualifier }),
      ),
    );
    this.parts = parts;
    this.listener = nodeListener({
      takes: () => true,
      serve: (request) => this.serve(request, request.url.pathname),
    });
  }

  /** Answers a request whose path comes without the stage. Rejects when the `Lambda` is closed. */
  async handle(request: Request): Promise<Response> {
    const received = await receivedFrom(request);
    return responseOf(await this.serve(received, received.url.pathname), request.method);
  }

  /** Its host is unknown from now on. */
  delete(): void {
    this.parts.onDeleted(this.id);
  }

  /** Answers a request to the API's own host, where the stage is the first segment. */
  abstract serveHost(request: ReceivedRequest): Promise<HttpReply>;

  /** `path` is without the stage. */
  protected abstract serve(request: ReceivedRequest, path: string): Promise<HttpReply>;
}

/** What is left of a path behind a stage; `undefined` when it does not begin with it. */
export function behindStage(path: string, stage: string): string | undefined {
  const prefix = `/${stage}`;
  if (path === prefix) return '/';
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined;
}
