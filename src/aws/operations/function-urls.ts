import { functionArn } from '../../core/arn.ts';
import type { FunctionUrlChanges, FunctionUrlConfig } from '../../sources/function-url-options.ts';
import type { CorsOptions, ResolvedCors } from '../../sources/http/cors.ts';
import { notFound } from '../api-error.ts';
import type { ValueOf } from '../model/shapes.ts';
import type { Call, Group } from '../operation.ts';
import { pageOf } from '../pagination.ts';
import { referenceOf, type Reference } from '../references.ts';

type Names =
  | 'CreateFunctionUrlConfig'
  | 'GetFunctionUrlConfig'
  | 'ListFunctionUrlConfigs'
  | 'UpdateFunctionUrlConfig'
  | 'DeleteFunctionUrlConfig';

/** https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html */
export const functionUrlOperations: Group<Names> = {
  async CreateFunctionUrlConfig(input, call) {
    const { name, qualifier } = existing(call, input);
    const config = await call.rooms.http.urls.create(name, qualifier, {
      authType: input.AuthType,
      ...(input.InvokeMode !== undefined && { invokeMode: input.InvokeMode }),
      ...(input.Cors !== undefined && { cors: corsFrom(input.Cors) }),
    });
    const { LastModifiedTime: _, ...created } = shown(call, config);
    return { json: { ...created, InvokeMode: input.InvokeMode } };
  },

  GetFunctionUrlConfig(input, call) {
    const { name, qualifier } = referenceOf(call, input.FunctionName, input.Qualifier);
    const config = call.rooms.http.urls.get(name, qualifier);
    // The URL of an alias that is gone shows no more than the alias does.
    if (!call.rooms.store.has(name, qualifier)) throw notFound(unknownResource);
    return { json: shown(call, config) };
  },

  ListFunctionUrlConfigs(input, call) {
    const { name } = existing(call, { FunctionName: input.FunctionName });
    const configs = call.rooms.http.urls
      .list(name)
      .filter(({ alias }) => call.rooms.store.has(name, alias));
    const { items, nextMarker } = pageOf(configs, ({ id }) => id, input);
    const shownItems = items.map((config) => shown(call, config));
    return { json: { FunctionUrlConfigs: shownItems, NextMarker: nextMarker } };
  },

  async UpdateFunctionUrlConfig(input, call) {
    const { name, qualifier } = existing(call, input);
    const changes: FunctionUrlChanges = {
      ...(input.AuthType !== undefined && { authType: input.AuthType }),
      ...(input.InvokeMode !== undefined && { invokeMode: input.InvokeMode }),
      ...(input.Cors !== undefined && { cors: corsFrom(input.Cors) }),
    };
    return { json: shown(call, await call.rooms.http.urls.update(name, qualifier, changes)) };
  },

  async DeleteFunctionUrlConfig(input, call) {
    const { name, qualifier } = referenceOf(call, input.FunctionName, input.Qualifier);
    await call.rooms.http.urls.delete(name, qualifier);
    return {};
  },
};

const unknownResource = 'The resource you requested does not exist.';

function existing(
  call: Call,
  input: { readonly FunctionName: string; readonly Qualifier?: string | undefined },
): Reference {
  const reference = referenceOf(call, input.FunctionName, input.Qualifier);
  if (call.rooms.store.has(reference.name, reference.qualifier)) return reference;
  throw notFound('Function does not exist');
}

function corsFrom(cors: ValueOf<'Cors'>): CorsOptions {
  const { AllowCredentials, AllowHeaders, AllowMethods, AllowOrigins, ExposeHeaders, MaxAge } =
    cors;
  return {
    ...(AllowCredentials !== undefined && { allowCredentials: AllowCredentials }),
    ...(AllowHeaders !== undefined && { allowHeaders: AllowHeaders }),
    ...(AllowMethods !== undefined && { allowMethods: AllowMethods }),
    ...(AllowOrigins !== undefined && { allowOrigins: AllowOrigins }),
    ...(ExposeHeaders !== undefined && { exposeHeaders: ExposeHeaders }),
    ...(MaxAge !== undefined && { maxAgeMs: MaxAge * 1_000 }),
  };
}

function shown(call: Call, config: FunctionUrlConfig): Record<string, unknown> {
  const { home } = call.rooms.options;
  const { id, functionName, alias, authType, cors, invokeMode, createdAt, lastModified } = config;
  return {
    FunctionUrl: `https://${id}.lambda-url.${home.region}.on.aws/`,
    FunctionArn: functionArn(home, functionName, alias),
    AuthType: authType,
    Cors: cors && shownCors(cors),
    CreationTime: createdAt,
    LastModifiedTime: lastModified,
    InvokeMode: invokeMode,
  };
}

function shownCors(cors: ResolvedCors): Record<string, unknown> {
  const listed = (values: readonly string[]): readonly string[] | undefined =>
    values.length === 0 ? undefined : values;
  return {
    AllowCredentials: cors.allowCredentials,
    AllowHeaders: listed(cors.allowHeaders),
    AllowMethods: listed(cors.allowMethods),
    AllowOrigins: listed(cors.allowOrigins),
    ExposeHeaders: listed(cors.exposeHeaders),
    MaxAge: cors.maxAgeMs / 1_000,
  };
}
