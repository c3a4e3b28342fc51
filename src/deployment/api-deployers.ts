import type { HttpApiRoute } from '../sources/http/api-options.ts';
import { readHttpApi, readRestApi, type PlannedRoute } from '../template/resources/api-resource.ts';
import type { Properties } from '../template/properties.ts';
import type { Deployer } from './deployer.ts';

export const deployHttpApi: Deployer = async (stack, resource, properties) => {
  const { name, routes, options } = readHttpApi(properties);
  warnOfDefinition(properties);
  const api = stack.lambda.createHttpApi({
    name: name ?? stack.nameOf(resource, { maxLength: 128 }),
    routes: routes.map(
      (route) => ({ ...route, payloadFormat: route.payloadFormat ?? '2.0' }) as HttpApiRoute,
    ),
    ...options,
  });
  const { region } = stack.home;
  return {
    ref: api.id,
    attributes: {
      ApiId: api.id,
      ApiEndpoint: `https://${api.id}.execute-api.${region}.amazonaws.com`,
      Stage: options.stage ?? '$default',
    },
    object: api,
  };
};

export const deployRestApi: Deployer = async (stack, resource, properties) => {
  const { name, routes, options } = readRestApi(properties);
  warnOfDefinition(properties);
  const api = stack.lambda.createRestApi({
    name: name ?? stack.nameOf(resource, { maxLength: 128 }),
    routes: routes.map(withoutFormat),
    ...options,
  });
  const { stage = 'Prod' } = options;
  return { ref: api.id, attributes: { RestApiId: api.id, Stage: stage }, object: api };
};

/** REST APIs have one. */
function withoutFormat(route: PlannedRoute): Omit<PlannedRoute, 'payloadFormat'> {
  const { payloadFormat: _format, ...others } = route;
  return others;
}

function warnOfDefinition(properties: Properties): void {
  if (properties.raw('DefinitionUri') === undefined) return;
  properties.warn('DefinitionUri', 'OpenAPI is read from `DefinitionBody` alone');
}
