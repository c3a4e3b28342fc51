import type { TemplateMap, TemplateValue } from '../template-value.ts';
import type { SamEvent } from './sam-events.ts';
import { omit, refTarget } from './sam-scope.ts';

/** The APIs that SAM makes for events that name none. */
export const implicitApis = {
  'AWS::Serverless::Api': 'ServerlessRestApi',
  'AWS::Serverless::HttpApi': 'ServerlessHttpApi',
} as const;

type ApiType = keyof typeof implicitApis;

/** `Api` events become routes of a REST API, under `Routes`, which is a property of ours. */
export function addRestRoute(event: SamEvent): void {
  const { properties, targetArn } = event;
  const { Path = '/', Method = 'any' } = properties;
  addRoute(event, 'AWS::Serverless::Api', properties['RestApiId'], {
    ...omit(properties, ['RestApiId']),
    Path,
    Method,
    Target: targetArn,
  });
}

/** `HttpApi` events become routes of an HTTP API; without a path it is the default route. */
export function addHttpRoute(event: SamEvent): void {
  const { properties, targetArn } = event;
  addRoute(event, 'AWS::Serverless::HttpApi', properties['ApiId'], {
    ...omit(properties, ['ApiId']),
    Target: targetArn,
  });
}

function addRoute(
  event: SamEvent,
  type: ApiType,
  given: TemplateValue | undefined,
  route: TemplateMap,
): void {
  const { scope, resource, path } = event;
  const logicalId = given === undefined ? implicitApis[type] : refTarget(given);
  const api = logicalId === undefined ? undefined : scope.get(logicalId);
  if (logicalId === undefined || (given !== undefined && api?.type !== type)) {
    scope.warnings.add(path, `This event needs a \`Ref\` to an ${type} of the same template`);
    return;
  }
  const routes = api?.properties['Routes'];
  scope.put({
    logicalId,
    type,
    metadata: {},
    dependsOn: resource.dependsOn,
    // The place of the implicit API is where it is asked for first.
    path,
    ...api,
    properties: {
      ...api?.properties,
      Routes: [...(Array.isArray(routes) ? (routes as TemplateValue[]) : []), route],
    },
  });
}
