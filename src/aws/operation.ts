import type { Lambda } from '../lambda.ts';
import type { LambdaRooms } from '../lambda-rooms.ts';
import type { InputOf, OperationName } from './model/shapes.ts';
import type { FunctionStates } from './function-states.ts';

/** A request as both transports hand it over. Header names are in lower case. */
export interface DoorRequest {
  readonly method: string;
  /** Of the transport, for links back to it. @default 'https' */
  readonly protocol?: 'http';
  /** As it was sent: percent-encoded, without the query. */
  readonly path: string;
  /** A parameter that came more than once has its values in order. */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The function whose code asks, where it is one of this `Lambda`. */
  readonly sourceFunctionArn?: string;
  /** Ends with the caller's interest in the answer. */
  readonly signal?: AbortSignal;
}

/** An answer as both transports take it. */
export interface DoorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | ReadableStream<Uint8Array>;
}

/** What an operation knows besides its input. */
export interface Call {
  readonly lambda: Lambda;
  readonly rooms: LambdaRooms;
  readonly states: FunctionStates;
  readonly request: DoorRequest;
  /** `x-amzn-RequestId` of the answer; an invocation runs under it. */
  readonly requestId: string;
}

/** What an operation answers. */
export interface Reply {
  /** @default the status of the model */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Becomes JSON; members that are undefined are left out. @default an empty body */
  readonly json?: object;
  /** The body as it is, in place of `json`. */
  readonly raw?: Uint8Array | string | ReadableStream<Uint8Array>;
}

/**
 * One operation of the API: gets input that the model's rules were checked on, throws an `ApiError` or what the
 * library throws (`translate` in errors.ts knows the name and text that AWS has for it).
 */
export type Operation<Name extends OperationName> = (
  input: InputOf<Name>,
  call: Call,
) => Reply | Promise<Reply>;

/** Every operation by name. */
export type Operations = { readonly [Name in OperationName]: Operation<Name> };

/** Some operations by name; a file of `operations/` exports those of one group. */
export type Group<Names extends OperationName> = Pick<Operations, Names>;
