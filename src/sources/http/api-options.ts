import { parseFunctionReference, type Home } from '../../core/arn.ts';
import { InvalidOptionError } from '../../core/errors.ts';
import {
  checkInteger,
  checkKnownKeys,
  checkOneOf,
  checkString,
  checkStringMap,
} from '../../core/options.ts';
import { resolveCors, type CorsOptions, type ResolvedCors } from './cors.ts';
import { checkRoutePath } from './route-table.ts';

/** A function, version or alias, or a name or ARN of one; it may be deployed later. */
export type ApiTarget = string | { readonly arn: string };

/** One route of an HTTP API. */
export interface HttpApiRoute {
  /** `GET` and the like, or `ANY`. @default 'ANY' */
  readonly method?: string;
  /** `/users/{id}`, `/files/{path+}`, or `$default` for what no other route takes. */
  readonly path: string;
  readonly target: ApiTarget;
  /** Shape of event and result. @default '2.0' */
  readonly payloadFormat?: '1.0' | '2.0';
  /** The client waits so long, 50 to 30,000; the function runs on. @default 30_000 */
  readonly timeoutMs?: number;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html */
export interface HttpApiOptions {
  readonly name: string;
  readonly routes: readonly HttpApiRoute[];
  /** Answers browsers in place of the routes; what functions say of CORS is dropped. @default none */
  readonly cors?: CorsOptions;
  /** First segment of every path, unless it is `$default`. @default '$default' */
  readonly stage?: string;
  /** @default none */
  readonly stageVariables?: Readonly<Record<string, string>>;
}

/** One method of a resource of a REST API. */
export interface RestApiRoute {
  /** `GET` and the like, or `ANY`. @default 'ANY' */
  readonly method?: string;
  /** `/users/{id}` or `/files/{path+}`. */
  readonly path: string;
  readonly target: ApiTarget;
  /** The client waits so long, 50 to 29,000; the function runs on. @default 29_000 */
  readonly timeoutMs?: number;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-rest-api.html */
export interface RestApiOptions {
  readonly name: string;
  readonly routes: readonly RestApiRoute[];
  /** Answers `OPTIONS` of resources that have no such method. @default none */
  readonly cors?: CorsOptions;
  /** First segment of every path of the API's own host. @default 'prod' */
  readonly stage?: string;
  /** @default none */
  readonly stageVariables?: Readonly<Record<string, string>>;
  /** Bodies of these types are base64 in events, and become bytes in answers: `image/png`, or a star for any. @default [] */
  readonly binaryMediaTypes?: readonly string[];
}

/** A route in its place. */
export interface ResolvedRoute {
  /** Upper case; `ANY` for any. */
  readonly method: string;
  readonly path: string;
  readonly functionName: string;
  readonly qualifier: string | undefined;
  readonly payloadFormat: '1.0' | '2.0';
  readonly timeoutMs: number;
}

/** What both kinds of API have. */
export interface ResolvedApi {
  readonly name: string;
  readonly routes: readonly ResolvedRoute[];
  readonly cors: ResolvedCors | undefined;
  readonly stage: string;
  readonly stageVariables: Record<string, string> | undefined;
  readonly binaryMediaTypes: readonly string[];
}

const commonKeys = ['name', 'routes', 'cors', 'stage', 'stageVariables'];
const methods = ['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const;
const httpTimeouts = { min: 50, max: 30_000 };
const restTimeouts = { min: 50, max: 29_000 };

/** @throws InvalidOptionError */
export function resolveHttpApi(options: HttpApiOptions, home: Home): ResolvedApi {
  checkKnownKeys('options', options, commonKeys);
  const { stage = '$default', routes } = options;
  checkRoutes(routes);
  const resolved = routes.map((route, index) => {
    const option = `routes[${index}]`;
    checkKnownKeys(option, route, ['method', 'path', 'target', 'payloadFormat', 'timeoutMs']);
    const { payloadFormat = '2.0', timeoutMs = httpTimeouts.max } = route;
    checkOneOf(`${option}.payloadFormat`, payloadFormat, ['1.0', '2.0']);
    checkInteger(`${option}.timeoutMs`, timeoutMs, httpTimeouts);
    return { ...resolveRoute(option, route, home, true), payloadFormat, timeoutMs };
  });
  return resolveApi(options, stage, resolved, []);
}

/** @throws InvalidOptionError */
export function resolveRestApi(options: RestApiOptions, home: Home): ResolvedApi {
  checkKnownKeys('options', options, [...commonKeys, 'binaryMediaTypes']);
  const { stage = 'prod', routes, binaryMediaTypes = [] } = options;
  checkRoutes(routes);
  const resolved = routes.map((route, index) => {
    const option = `routes[${index}]`;
    checkKnownKeys(option, route, ['method', 'path', 'target', 'timeoutMs']);
    const { timeoutMs = restTimeouts.max } = route;
    checkInteger(`${option}.timeoutMs`, timeoutMs, restTimeouts);
    const payloadFormat = '1.0' as const;
    return { ...resolveRoute(option, route, home, false), payloadFormat, timeoutMs };
  });
  const isMedia = (type: unknown): boolean => typeof type === 'string' && type.includes('/');
  if (!Array.isArray(binaryMediaTypes) || !binaryMediaTypes.every(isMedia)) {
    throw new InvalidOptionError('binaryMediaTypes', 'a list of media types', binaryMediaTypes);
  }
  return resolveApi(options, stage, resolved, binaryMediaTypes);
}

function resolveApi(
  options: HttpApiOptions | RestApiOptions,
  stage: string,
  routes: readonly ResolvedRoute[],
  binaryMediaTypes: readonly string[],
): ResolvedApi {
  const { name, cors, stageVariables } = options;
  checkString('name', name, {
    maxLength: 128,
    pattern: /\S/,
    says: 'a name of 1 to 128 characters',
  });
  checkString('stage', stage, {
    maxLength: 128,
    pattern: /^(?:\$default|[\w-]+)$/,
    says: '1 to 128 letters, digits, "-" and "_"',
  });
  if (stageVariables !== undefined) checkStringMap('stageVariables', stageVariables);
  const seen = new Set<string>();
  for (const { method, path } of routes) {
    const key = `${method} ${path}`;
    if (seen.has(key)) throw new InvalidOptionError('routes', 'routes that differ', key);
    seen.add(key);
  }
  return Object.freeze({
    name,
    routes,
    cors: cors === undefined ? undefined : resolveCors(cors),
    stage,
    stageVariables: stageVariables && { ...stageVariables },
    binaryMediaTypes: [...binaryMediaTypes],
  });
}

function resolveRoute(
  option: string,
  { method = 'ANY', path, target }: HttpApiRoute | RestApiRoute,
  home: Home,
  takesDefault: boolean,
): Omit<ResolvedRoute, 'payloadFormat' | 'timeoutMs'> {
  const upper = typeof method === 'string' ? method.toUpperCase() : method;
  checkOneOf(`${option}.method`, upper, methods);
  if (!takesDefault || path !== '$default') checkRoutePath(`${option}.path`, path);
  else if (upper !== 'ANY') {
    throw new InvalidOptionError(`${option}.method`, '"ANY" where the path is "$default"', method);
  }
  const reference = typeof target === 'object' && target !== null ? target.arn : target;
  const { name: functionName, qualifier } = parseFunctionReference(reference, home);
  return { method: upper, path, functionName, qualifier };
}

function checkRoutes(routes: unknown): asserts routes is readonly object[] {
  if (!Array.isArray(routes)) throw new InvalidOptionError('routes', 'a list of routes', routes);
}
