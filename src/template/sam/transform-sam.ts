import type { Globals } from '../globals.ts';
import type { TemplateResource } from '../template-resource.ts';
import type { TemplateValue } from '../template-value.ts';
import { implicitApis } from './sam-apis.ts';
import { codeLocation, transformFunction } from './sam-function.ts';
import { compact, mapAt, omit, type SamScope } from './sam-scope.ts';

/**
 * Makes resources of CloudFormation of those of SAM. APIs keep their type and get `Routes`.
 * https://github.com/aws/serverless-application-model/blob/develop/versions/2016-10-31.md
 */
export function transformSam(
  scope: SamScope,
  resources: readonly TemplateResource[],
  globals: Globals,
): void {
  // All of them first: an event may name a bucket or an API that comes later.
  for (const resource of resources) scope.put(resource);
  for (const resource of resources) {
    if (resource.type === 'AWS::Serverless::Function') transformFunction(scope, resource);
    if (resource.type === 'AWS::Serverless::SimpleTable') scope.put(tableOf(scope, resource));
    if (resource.type === 'AWS::Serverless::LayerVersion') scope.put(layerOf(resource));
  }
  for (const [type, logicalId] of Object.entries(implicitApis)) {
    const api = scope.get(logicalId);
    if (api === undefined || resources.some((one) => one.logicalId === logicalId)) continue;
    scope.put({ ...api, properties: globals.mergeInto(type, api.properties, undefined) });
  }
  for (const api of scope.resources) addStage(scope, api);
}

/** Templates refer to the stages that SAM makes. */
function addStage(scope: SamScope, api: TemplateResource): void {
  const { logicalId, type, properties } = api;
  if (type !== 'AWS::Serverless::Api' && type !== 'AWS::Serverless::HttpApi') return;
  const isRest = type === 'AWS::Serverless::Api';
  const { StageName = isRest ? 'Prod' : '$default' } = properties;
  if (typeof StageName !== 'string') return;
  const name = StageName === '$default' ? 'ApiGatewayDefault' : StageName;
  scope.add(api, {
    logicalId: `${logicalId}${name.replaceAll(/[^A-Za-z0-9]/g, '')}Stage`,
    type: isRest ? 'AWS::ApiGateway::Stage' : 'AWS::ApiGatewayV2::Stage',
    properties: { StageName },
  });
}

const keyTypes: Readonly<Record<string, string>> = { String: 'S', Number: 'N', Binary: 'B' };

function tableOf(scope: SamScope, resource: TemplateResource): TemplateResource {
  const { properties, path } = resource;
  const { Name = 'id', Type = 'String' } = mapAt(scope.text, properties, 'PrimaryKey', path) ?? {};
  const type = keyTypes[typeof Type === 'string' ? Type : ''];
  if (type === undefined) {
    const problem = 'The type of a key is String, Number or Binary';
    throw scope.text.error([...path, 'PrimaryKey', 'Type'], problem);
  }
  return {
    ...resource,
    type: 'AWS::DynamoDB::Table',
    properties: {
      ...omit(properties, ['PrimaryKey']),
      AttributeDefinitions: [{ AttributeName: Name, AttributeType: type }],
      KeySchema: [{ AttributeName: Name, KeyType: 'HASH' }],
    },
  };
}

function layerOf(resource: TemplateResource): TemplateResource {
  const { properties, logicalId } = resource;
  const { ContentUri, LayerName = logicalId } = properties;
  const content: TemplateValue | undefined =
    ContentUri === undefined ? undefined : codeLocation(ContentUri);
  return {
    ...resource,
    type: 'AWS::Lambda::LayerVersion',
    properties: {
      ...omit(properties, ['ContentUri', 'RetentionPolicy', 'PublishLambdaPermission']),
      ...compact({ Content: content, LayerName }),
    },
  };
}
