import { layerArn, parseLayerVersionArn } from '../../core/arn.ts';
import type { LayerFilter } from '../../functions/layer-filter.ts';
import type { LayerVersion } from '../../functions/layer-options.ts';
import { ApiError, invalidParameter, notFound } from '../api-error.ts';
import { awsTime } from '../function-configuration.ts';
import { codeSource } from '../function-input.ts';
import type { InputOf, ValueOf } from '../model/shapes.ts';
import type { Call, Group } from '../operation.ts';
import { layerPackageLink } from '../package-links.ts';
import { pageOf } from '../pagination.ts';

type Names =
  | 'PublishLayerVersion'
  | 'GetLayerVersion'
  | 'GetLayerVersionByArn'
  | 'ListLayerVersions'
  | 'ListLayers'
  | 'DeleteLayerVersion';

/** https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html */
export const layerOperations: Group<Names> = {
  async PublishLayerVersion(input, call) {
    const version = await call.rooms.control.publishLayer({
      name: layerName(call, input.LayerName),
      code: contentOf(input.Content),
      ...(input.Description !== undefined && { description: input.Description }),
      ...(input.LicenseInfo !== undefined && { licenseInfo: input.LicenseInfo }),
      ...(input.CompatibleRuntimes !== undefined && {
        compatibleRuntimes: input.CompatibleRuntimes,
      }),
      ...(input.CompatibleArchitectures !== undefined && {
        compatibleArchitectures: input.CompatibleArchitectures,
      }),
    });
    return { json: whole(call, version) };
  },

  GetLayerVersion(input, call) {
    const name = layerName(call, input.LayerName);
    return { json: whole(call, need(call.rooms.store.layers.find(name, input.VersionNumber))) };
  },

  GetLayerVersionByArn(input, call) {
    const { name = '', version = 1 } = parseLayerVersionArn(input.Arn) ?? {};
    checkPlace(call, input.Arn);
    return { json: whole(call, need(call.rooms.store.layers.find(name, version))) };
  },

  ListLayerVersions(input, call) {
    const name = layerName(call, input.LayerName);
    const versions = call.rooms.store.layers.versions(name, filterOf(input));
    const { items, nextMarker } = pageOf(versions, ({ arn }) => arn, input);
    return { json: { NextMarker: nextMarker, LayerVersions: items.map(listed) } };
  },

  ListLayers(input, call) {
    const layers = call.rooms.store.layers.list(filterOf(input));
    const { items, nextMarker } = pageOf(layers, ({ layerArn: arn }) => arn, input);
    return {
      json: {
        NextMarker: nextMarker,
        Layers: items.map((version) => ({
          LayerName: version.name,
          LayerArn: version.layerArn,
          LatestMatchingVersion: listed(version),
        })),
      },
    };
  },

  async DeleteLayerVersion(input, call) {
    const name = layerName(call, input.LayerName);
    await call.rooms.control.deleteLayerVersion(name, input.VersionNumber);
    return {};
  },
};

/** A layer's name, by itself or at the end of its ARN. */
function layerName(call: Call, text: string): string {
  if (!text.startsWith('arn:')) return text;
  checkPlace(call, text);
  return text.slice(text.indexOf(':layer:') + ':layer:'.length);
}

/** Layers of other regions and accounts are nobody's here, and AWS says so where nothing grants them. */
function checkPlace({ rooms }: Call, arn: string): void {
  const { home } = rooms.options;
  if (arn.startsWith(layerArn(home, ''))) return;
  throw new ApiError(
    403,
    'AccessDeniedException',
    `User: arn:${home.partition}:iam::${home.accountId}:root is not authorized to perform: lambda:GetLayerVersion on resource: ${arn} because no resource-based policy allows the lambda:GetLayerVersion action`,
  );
}

function contentOf(content: ValueOf<'LayerVersionContentInput'>): LayerContent {
  const { ZipFile, S3Bucket, S3Key } = content;
  if (ZipFile === undefined && (S3Bucket === undefined || S3Key === undefined)) {
    throw invalidParameter(
      'Please provide a source for the layer: ZipFile, or S3Bucket and S3Key.',
    );
  }
  const source = codeSource(content);
  if ('zip' in source || 's3' in source) return source;
  throw invalidParameter('A layer is a zip, or an object of a bucket.');
}

type LayerContent = Parameters<Call['rooms']['control']['publishLayer']>[0]['code'];

function need(version: LayerVersion | undefined): LayerVersion {
  if (version !== undefined) return version;
  throw notFound('The resource you requested does not exist.');
}

function filterOf(input: InputOf<'ListLayers'> | InputOf<'ListLayerVersions'>): LayerFilter {
  const { CompatibleRuntime, CompatibleArchitecture } = input;
  return {
    ...(CompatibleRuntime !== undefined && { compatibleRuntime: CompatibleRuntime }),
    ...(CompatibleArchitecture !== undefined && {
      compatibleArchitecture: CompatibleArchitecture,
    }),
  };
}

function whole(call: Call, version: LayerVersion): Record<string, unknown> {
  return {
    Content: {
      Location: layerPackageLink(call, version.name, version.version),
      CodeSha256: version.codeSha256,
      CodeSize: version.codeSize,
    },
    LayerArn: version.layerArn,
    ...listed(version),
  };
}

/** A version as lists show it. */
function listed(version: LayerVersion): Record<string, unknown> {
  const { licenseInfo, compatibleRuntimes, compatibleArchitectures } = version;
  return {
    LayerVersionArn: version.arn,
    Version: version.version,
    Description: version.description,
    CreatedDate: awsTime(version.createdDate),
    ...(compatibleRuntimes.length > 0 && { CompatibleRuntimes: compatibleRuntimes }),
    ...(licenseInfo !== '' && { LicenseInfo: licenseInfo }),
    ...(compatibleArchitectures.length > 0 && { CompatibleArchitectures: compatibleArchitectures }),
  };
}
