import type { PlainValue, Properties } from '../properties.ts';
import { isMap, type TemplateValue } from '../template-value.ts';
import { withoutUndefined } from './function-resource.ts';
import { readCors, type PlannedCors } from './url-resource.ts';

/** `AWS::Serverless::Api` or `AWS::Serverless::HttpApi`. */
export interface PlannedApi {
  readonly name: string | undefined;
  readonly routes: readonly PlannedRoute[];
  readonly options: {
    readonly stage?: string;
    readonly stageVariables?: Readonly<Record<string, string>>;
    readonly cors?: PlannedCors;
    /** REST APIs alone. */
    readonly binaryMediaTypes?: readonly string[];
  };
}

export interface PlannedRoute {
  readonly path: string;
  readonly method: string;
  /** ARN of the function. */
  readonly target: string;
  readonly timeoutMs?: number;
  /** HTTP APIs alone. */
  readonly payloadFormat?: string;
}

/** Addresses, keys, quotas and logs of an API. */
const ignored = [
  'AccessLogSetting',
  'AccessLogSettings',
  'AlwaysDeploy',
  'ApiKeySourceType',
  'CacheClusterEnabled',
  'CacheClusterSize',
  'CanarySetting',
  'DefaultRouteSettings',
  'Description',
  'Domain',
  'EndpointConfiguration',
  'FailOnWarnings',
  'MergeDefinitions',
  'MethodSettings',
  'MinimumCompressionSize',
  'OpenApiVersion',
  'PropagateTags',
  'RouteSettings',
  'Tags',
  'TracingEnabled',
];

/** https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html */
export function readRestApi(properties: Properties): PlannedApi {
  properties.ignore(...ignored);
  return {
    name: properties.text('Name'),
    routes: readRoutes(properties),
    options: withoutUndefined({
      stage: properties.text('StageName') ?? 'Prod',
      stageVariables: properties.textMap('Variables'),
      cors: restCors(properties),
      binaryMediaTypes: properties
        .texts('BinaryMediaTypes')
        ?.map((type) => type.replaceAll('~1', '/')),
    }),
  };
}

/** https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-httpapi.html */
export function readHttpApi(properties: Properties): PlannedApi {
  properties.ignore(...ignored);
  return {
    name: properties.text('Name'),
    routes: readRoutes(properties),
    options: withoutUndefined({
      stage: properties.text('StageName'),
      stageVariables: properties.textMap('StageVariables'),
      cors: httpCors(properties),
    }),
  };
}

/** Of events, and of OpenAPI. */
function readRoutes(properties: Properties): PlannedRoute[] {
  const routes = properties.maps('Routes').map((route): PlannedRoute => {
    route.ignore('RouteSettings', 'RequestModel', 'RequestParameters');
    return withoutUndefined({
      path: route.text('Path') ?? '$default',
      method: methodOf(route.text('Method') ?? 'ANY'),
      target: route.neededText('Target'),
      timeoutMs: route.integer('TimeoutInMillis'),
      payloadFormat: route.text('PayloadFormatVersion'),
    });
  });
  return [...routes, ...definedRoutes(properties.plain('DefinitionBody'))];
}

function methodOf(method: string): string {
  return method === '*' ? 'ANY' : method.toUpperCase();
}

/** The operations of an OpenAPI document that a function answers. */
function definedRoutes(definition: PlainValue | undefined): PlannedRoute[] {
  return entriesOf(entryOf(definition, 'paths')).flatMap(([path, operations]) =>
    entriesOf(operations).flatMap(([method, operation]) => {
      const integration = entryOf(operation, 'x-amazon-apigateway-integration');
      const uri = entryOf(integration, 'uri');
      const [, target] = /\/functions\/(.+)\/invocations$/.exec(textOf(uri)) ?? [];
      if (target === undefined) return [];
      const version = textOf(entryOf(integration, 'payloadFormatVersion'));
      return {
        path,
        method: method === 'x-amazon-apigateway-any-method' ? 'ANY' : methodOf(method),
        target,
        ...(version !== '' && { payloadFormat: version }),
      };
    }),
  );
}

function entriesOf(value: PlainValue | undefined): [string, PlainValue][] {
  return isMap(value) ? Object.entries(value as Readonly<Record<string, PlainValue>>) : [];
}

function entryOf(value: PlainValue | undefined, name: string): PlainValue | undefined {
  return entriesOf(value).find(([key]) => key === name)?.[1];
}

function textOf(value: PlainValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** REST APIs take the value of a header in quotation marks: `"'GET,POST'"`. */
function restCors(properties: Properties): PlannedCors | undefined {
  const given = properties.raw('Cors');
  if (given === undefined) return undefined;
  if (typeof given === 'string') return { allowOrigins: [unquoted(given)], allowMethods: ['*'] };
  const cors = properties.map('Cors');
  const list = (name: string): string[] | undefined =>
    cors?.text(name) === undefined ? undefined : unquoted(cors.text(name) ?? '').split(/ *, */);
  const age = cors?.text('MaxAge');
  return withoutUndefined({
    allowOrigins: list('AllowOrigin'),
    allowMethods: list('AllowMethods') ?? ['*'],
    allowHeaders: list('AllowHeaders'),
    allowCredentials: cors?.boolean('AllowCredentials'),
    maxAgeMs: age === undefined ? undefined : Number(unquoted(age)) * 1_000,
  });
}

function unquoted(text: string): string {
  return text.replace(/^'(.*)'$/, '$1');
}

/** `true` lets every page in. */
function httpCors(properties: Properties): PlannedCors | undefined {
  const given: TemplateValue | undefined = properties.raw('CorsConfiguration');
  if (given === undefined || given === false || given === 'false') return undefined;
  if (given === true || given === 'true') return { allowOrigins: ['*'], allowMethods: ['*'] };
  const cors = properties.map('CorsConfiguration');
  return cors && readCors(cors);
}
