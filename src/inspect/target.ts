/** Where a debugger finds its targets. */
export interface InspectAddress {
  /** A loopback name or address. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
}

/** Something that a debugger can attach to: one running environment. */
export interface InspectTarget {
  /** Random; whoever knows it may run code in the target, so it is told on loopback only. */
  readonly id: string;
  /** For people who choose from a list. */
  readonly title: string;
  /** `file:` URL of the program's entry. */
  readonly url: string;
  readonly state: 'waiting' | 'free' | 'attached';
  /** Gives `undefined` while somebody else is attached. */
  attach(client: InspectClient): InspectConnection | undefined;
}

/** The debugger's side of a connection. */
export interface InspectClient {
  /** One message of the Chrome DevTools Protocol, as JSON. */
  send(message: string): void;
  /** The target is gone. */
  close(): void;
}

/** The target's side of a connection. */
export interface InspectConnection {
  receive(message: string): void;
  /** The debugger left; a target that it had paused goes on. */
  detach(): void;
}
