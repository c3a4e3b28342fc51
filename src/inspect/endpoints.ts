import { ClosedError, InvalidOptionError } from '../core/errors.ts';
import type { Endpoint } from './endpoint.ts';
import { urlHost } from './host-header.ts';
import type { InspectAddress, InspectTarget } from './target.ts';

export interface EndpointsOptions {
  readonly onListening: (host: string, port: number) => void;
  readonly onTarget: (target: InspectTarget, webSocketUrl: string) => void;
}

/** Who needs an endpoint: a function that is inspected, by name, or a target. */
type User = string | InspectTarget;

interface Use {
  readonly opened: Promise<Endpoint>;
  endpoint: Endpoint | undefined;
  readonly users: Set<User>;
}

/** The debugger's endpoints of one `Lambda`: one for each address, open while somebody needs it. */
export class Endpoints {
  readonly #options: EndpointsOptions;
  readonly #uses = new Map<string, Use>();
  readonly #closing = new Set<Promise<void>>();
  #isClosed = false;

  constructor(options: EndpointsOptions) {
    this.#options = options;
  }

  /** Opens the endpoint, if it is not open, on behalf of `user`, who may have others too. */
  async open(address: InspectAddress, user: User): Promise<Endpoint> {
    if (this.#isClosed) throw new ClosedError();
    const key = urlHost(address.host, address.port);
    let use = this.#uses.get(key);
    if (use === undefined) {
      // A port that was given up a moment ago may still be closing.
      const closed = Promise.allSettled(this.#closing);
      const opened = closed.then(() => this.#listen(address));
      use = { opened, endpoint: undefined, users: new Set() };
      this.#uses.set(key, use);
    }
    use.users.add(user);
    try {
      use.endpoint = await use.opened;
      return use.endpoint;
    } catch (error) {
      if (this.#uses.get(key) === use) this.#uses.delete(key);
      throw error;
    }
  }

  /** The user needs nothing but `kept`; an endpoint that nobody needs any more is closed. */
  leave(user: User, kept?: Endpoint): void {
    for (const [key, use] of this.#uses) {
      if (use.endpoint === kept && kept !== undefined) continue;
      if (!use.users.delete(user) || use.users.size > 0) continue;
      this.#uses.delete(key);
      this.#close(use);
    }
  }

  /** Lists a target until `remove` is called. */
  async add(address: InspectAddress, target: InspectTarget): Promise<Listing> {
    const endpoint = await this.open(address, target);
    endpoint.add(target);
    this.#options.onTarget(target, endpoint.webSocketUrl(target));
    return {
      hold: () => endpoint.hold(),
      release: () => endpoint.release(),
      remove: () => {
        endpoint.remove(target);
        this.leave(target);
      },
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const use of this.#uses.values()) this.#close(use);
    this.#uses.clear();
    await Promise.all(this.#closing);
  }

  async #listen(address: InspectAddress): Promise<Endpoint> {
    const { Endpoint: Opener } = await import('./endpoint.ts');
    try {
      const endpoint = await Opener.open(address);
      this.#options.onListening(endpoint.host, endpoint.port);
      return endpoint;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') throw error;
      throw new InvalidOptionError(
        'inspect',
        'an address that can be listened on',
        urlHost(address.host, address.port),
        `Listening failed with ${code}. Pass another \`port\`, or 0 for a free one.`,
      );
    }
  }

  #close(use: Use): void {
    const closing = use.opened.then(
      (endpoint) => endpoint.close(),
      // It never opened, and who asked for it has been told.
      () => {},
    );
    this.#closing.add(closing);
    void closing.finally(() => this.#closing.delete(closing));
  }
}

/** A target's place in the list. */
export interface Listing {
  /** Keeps the process alive until `release`. */
  hold(): void;
  release(): void;
  remove(): void;
}
