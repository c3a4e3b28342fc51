import { checkOneOf } from '../../core/options.ts';
import { logTime } from '../../sources/http/http-request.ts';
import { exampleBase64, exampleHex, originOf, textOf, type EventOrigin } from './event-origin.ts';
import { overridden, type Overrides } from './overrides.ts';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html */
export interface WebSocketEvent {
  readonly requestContext: {
    readonly routeKey: string;
    /** Not when somebody connects, whatever published types say. */
    readonly messageId: string;
    readonly eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT';
    readonly extendedRequestId: string;
    readonly requestTime: string;
    readonly messageDirection: 'IN';
    readonly stage: string;
    readonly connectedAt: number;
    readonly requestTimeEpoch: number;
    readonly requestId: string;
    readonly domainName: string;
    readonly connectionId: string;
    readonly apiId: string;
  };
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

export interface WebSocketEventOptions extends EventOrigin {
  /** @default 'MESSAGE' */
  readonly eventType?: 'CONNECT' | 'MESSAGE' | 'DISCONNECT';
  /** @default '$connect', '$disconnect' or '$default', by `eventType` */
  readonly routeKey?: string;
  /** Text as it is, everything else as JSON; for messages. @default '' */
  readonly body?: unknown;
  /** @default one that looks real */
  readonly connectionId?: string;
  /** @default 'prod' */
  readonly stage?: string;
  readonly overrides?: Overrides<WebSocketEvent>;
}

const routes = { CONNECT: '$connect', MESSAGE: '$default', DISCONNECT: '$disconnect' } as const;

/**
 * What a WebSocket API tells its function.
 * @example
 * webSocketEvent({ body: { action: 'join' } })
 */
export function webSocketEvent(options: WebSocketEventOptions = {}): WebSocketEvent {
  const own = ['eventType', 'routeKey', 'body', 'connectionId', 'stage', 'overrides'];
  const { home, atMs } = originOf(options, own);
  const { eventType = 'MESSAGE', stage = 'prod', body = '' } = options;
  checkOneOf('eventType', eventType, ['CONNECT', 'MESSAGE', 'DISCONNECT']);
  const { connectionId = exampleBase64(11, 'connection'), routeKey = routes[eventType] } = options;
  const apiId = exampleHex(10, 'websocket api');
  const requestId = exampleBase64(11, 'websocket', eventType, body);
  const message = { messageId: exampleBase64(11, 'message', body) };
  const event: WebSocketEvent = {
    requestContext: {
      routeKey,
      ...((eventType === 'MESSAGE' ? message : {}) as typeof message),
      eventType,
      extendedRequestId: requestId,
      requestTime: logTime(atMs),
      messageDirection: 'IN',
      stage,
      connectedAt: atMs,
      requestTimeEpoch: atMs,
      requestId,
      domainName: `${apiId}.execute-api.${home.region}.amazonaws.com`,
      connectionId,
      apiId,
    },
    ...(eventType === 'MESSAGE' && { body: textOf(body) }),
    isBase64Encoded: false,
  };
  return overridden(event, options.overrides);
}
