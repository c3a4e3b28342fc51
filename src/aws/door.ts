import type { Principal } from '../access/access.ts';
import type { Lambda } from '../lambda.ts';
import { roomsOf, type LambdaRooms } from '../lambda-rooms.ts';
import { ApiError } from './api-error.ts';
import { decodeInput } from './decode.ts';
import { toApiError } from './errors.ts';
import { GuestDoor } from './guest-door.ts';
import { FunctionStates } from './function-states.ts';
import { modelOf } from './model/shapes.ts';
import type { Call, DoorRequest, DoorResponse, Operation, Reply } from './operation.ts';
import { operations } from './operations/index.ts';
import { isPackageLink, openPackageLink } from './package-links.ts';
import { checkRights } from './rights.ts';
import { routeOf, type Route } from './routes.ts';
import { checkInput } from './validation.ts';

/** Services next to Lambda that share its host, by the version in their paths. */
const siblings: Readonly<Record<string, string>> = {
  '2025-03-07': 'Lambda web functions',
  '2025-09-09': 'Lambda microVMs',
  '2026-04-30': 'Lambda network connectors',
};

/**
 * AWS's API in front of a `Lambda`: one router for both transports, the `requestHandler` of SDK clients in the
 * same process and the HTTP server. https://docs.aws.amazon.com/lambda/latest/api/welcome.html
 */
export class Door {
  readonly #lambda: Lambda;
  readonly #rooms: LambdaRooms;
  readonly #states: FunctionStates;

  constructor(lambda: Lambda) {
    this.#lambda = lambda;
    this.#rooms = roomsOf(lambda);
    const { clock, stateTransitionMs } = this.#rooms.options;
    this.#states = new FunctionStates(clock, stateTransitionMs);
    const { region, partition } = this.#rooms.options.home;
    const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
    this.#rooms.interceptors.add(new GuestDoor(this, region, suffix));
  }

  get rooms(): LambdaRooms {
    return this.#rooms;
  }

  /** Answers one request; errors are answers too. Never rejects. */
  async handle(request: DoorRequest): Promise<DoorResponse> {
    const requestId = this.#rooms.options.ids.uuid();
    try {
      if (isPackageLink(request)) return await openPackageLink(request, this.#rooms);
      const route = routeOf(request);
      if (route === undefined) throw unknownOperation(request);
      const { access } = this.#rooms;
      const principal = access.isOpen ? undefined : await access.authenticate(request);
      const reply = await this.#perform(route, principal, request, requestId);
      return toResponse(reply, modelOf(route.operation).status, requestId);
    } catch (error) {
      return errorResponse(toApiError(error), requestId);
    }
  }

  #perform(
    { operation: name, labels }: Route,
    principal: Principal | undefined,
    request: DoorRequest,
    requestId: string,
  ): Reply | Promise<Reply> {
    const input = decodeInput(name, request, labels);
    checkInput(name, input);
    if (principal !== undefined) checkRights(principal, name, input, request, this.#rooms);
    const call: Call = {
      lambda: this.#lambda,
      rooms: this.#rooms,
      states: this.#states,
      request,
      requestId,
    };
    const operation: Operation<never> = operations[name];
    // What the model's checks let through has the type that the model gives it.
    return operation(input as never, call);
  }
}

const doors = new WeakMap<Lambda, Door>();

/**
 * The door of a `Lambda`; all transports share one. From then on it also answers what its functions ask of Lambda
 * by AWS's SDK, in place of the network.
 */
export function doorOf(lambda: Lambda): Door {
  let door = doors.get(lambda);
  if (door === undefined) {
    door = new Door(lambda);
    doors.set(lambda, door);
  }
  return door;
}

function toResponse(reply: Reply, usualStatus: number, requestId: string): DoorResponse {
  const { status = usualStatus, headers, json, raw } = reply;
  const body = raw ?? (json === undefined ? '' : JSON.stringify(json));
  return {
    status,
    headers: {
      ...((json !== undefined || status !== 204) && { 'content-type': 'application/json' }),
      'x-amzn-requestid': requestId,
      ...headers,
    },
    body,
  };
}

function errorResponse(error: ApiError, requestId: string): DoorResponse {
  return {
    status: error.status,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': requestId,
      'x-amzn-errortype': error.awsCode,
      ...error.headers,
    },
    body: JSON.stringify(error.toBody()),
  };
}

function unknownOperation({ method, path }: DoorRequest): ApiError {
  const sibling = siblings[path.split('/')[1] ?? ''];
  const hint =
    sibling === undefined
      ? `${method} ${path} is no operation of AWS Lambda's API`
      : `isolambda does not have ${sibling} (${method} ${path})`;
  return new ApiError(404, 'UnknownOperationException', hint);
}
