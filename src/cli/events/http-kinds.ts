import type {
  AlbEventOptions,
  ApiGatewayProxyEventOptions,
  ApiGatewayProxyEventV2Options,
  FunctionUrlEventOptions,
  HttpRequestOptions,
  WebSocketEventOptions,
} from '../../testing/index.ts';
import type { ServiceKinds } from './event-kind.ts';
import { content, jsonValue, many, manyPairs, pair, text, type SpecsOf } from './option-specs.ts';

const request = {
  method: text('--method <name>', 'method of HTTP (default: GET)'),
  path: text('--path <path>', 'path, with or without a query (default: /)'),
  query: manyPairs('--query <NAME=value>', 'query parameter'),
  headers: manyPairs('--header <NAME=value>', 'header'),
  cookies: many('--cookie <NAME=value>', 'cookie'),
  body: content('--body <text>', 'body; a JSON object or list brings its content type along'),
  sourceIp: text('--source-ip <address>', 'address of the caller'),
} satisfies SpecsOf<HttpRequestOptions>;

const restApi = {
  ...request,
  resource: text('--resource <route>', 'route, such as /users/{id} (default: the path)'),
  stage: text('--stage <name>', 'stage (default: prod)'),
  stageVariables: pair('--stage-variable <NAME=value>', 'stage variable'),
  authorizer: jsonValue('--authorizer <json>', 'what an authorizer gave'),
} satisfies SpecsOf<ApiGatewayProxyEventOptions>;

const httpApi = {
  ...request,
  routeKey: text('--route-key <key>', 'such as "GET /users/{id}" (default: $default)'),
  stage: text('--stage <name>', 'stage (default: $default)'),
  stageVariables: pair('--stage-variable <NAME=value>', 'stage variable'),
  authorizer: jsonValue('--authorizer <json>', 'what an authorizer gave'),
} satisfies SpecsOf<ApiGatewayProxyEventV2Options>;

const webSocket = {
  eventType: text('--event-type <type>', 'CONNECT, MESSAGE or DISCONNECT (default: MESSAGE)'),
  routeKey: text('--route-key <key>', 'route (default: by the type)'),
  body: content('--body <text>', 'the message'),
  connectionId: text('--connection-id <id>', 'id of the connection'),
  stage: text('--stage <name>', 'stage (default: prod)'),
} satisfies SpecsOf<WebSocketEventOptions>;

const functionUrl = {
  ...request,
  authType: text('--auth-type <type>', 'NONE or AWS_IAM (default: NONE)'),
} satisfies SpecsOf<FunctionUrlEventOptions>;

const loadBalancer = {
  ...request,
  targetGroup: text('--target-group <name>', 'name of the target group'),
  multiValue: {
    flags: '--multi-value',
    says: 'the target group has multi-value headers on',
  },
} satisfies SpecsOf<AlbEventOptions>;

/** Requests over HTTP. */
export const httpKinds: ServiceKinds = {
  alb: {
    request: {
      summary: 'a request to a load balancer',
      options: loadBalancer,
      build: ({ albEvent }, values, origin) => albEvent({ ...values, ...origin }),
    },
  },
  apigateway: {
    'aws-proxy': {
      summary: 'a request to a REST API (payload format 1.0)',
      options: restApi,
      build: ({ apiGatewayProxyEvent }, values, origin) =>
        apiGatewayProxyEvent({ ...values, ...origin }),
    },
    'http-api-proxy': {
      summary: 'a request to an HTTP API (payload format 2.0)',
      options: httpApi,
      build: ({ apiGatewayProxyEventV2 }, values, origin) =>
        apiGatewayProxyEventV2({ ...values, ...origin }),
    },
    websocket: {
      summary: 'a connection or message of a WebSocket API',
      options: webSocket,
      build: ({ webSocketEvent }, values, origin) => webSocketEvent({ ...values, ...origin }),
    },
  },
  lambda: {
    'function-url': {
      summary: "a request to a function's own URL",
      options: functionUrl,
      build: ({ functionUrlEvent }, values, origin) => functionUrlEvent({ ...values, ...origin }),
    },
  },
};
