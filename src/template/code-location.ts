import type { Properties } from './properties.ts';
import { isList, isMap, type TemplateMap, type TemplateValue } from './template-value.ts';

/** Where a template says that code, or a layer, is. */
export type CodeLocation =
  | { readonly kind: 'inline'; readonly source: string }
  /** A folder or a file; relative paths start at the template. */
  | { readonly kind: 'path'; readonly path: string; readonly entryPoints: readonly string[] }
  | { readonly kind: 'object'; readonly bucket: string; readonly key: string };

/**
 * The property `Code` of a function, or `Content` of a layer: a path (which `aws cloudformation package` would
 * upload), an address of S3, or CloudFormation's map.
 */
export function codeLocation(
  properties: Properties,
  name: string,
  metadata: TemplateMap,
): CodeLocation {
  const entryPoints = entryPointsOf(metadata);
  // What the CDK wrote beside its template, before anything was uploaded.
  const asset = metadata['aws:asset:path'];
  if (typeof asset === 'string') {
    properties.ignore(name);
    return { kind: 'path', path: asset, entryPoints };
  }
  const given = properties.raw(name);
  if (given === undefined) return { kind: 'path', path: '.', entryPoints };
  if (!isMap(given)) return located(properties.neededText(name), entryPoints);

  const code = properties.neededMap(name);
  const source = code.text('ZipFile');
  if (source !== undefined) return { kind: 'inline', source };
  if (code.has('ImageUri')) {
    throw code.error('ImageUri', 'Container images are not run here: give the code as files');
  }
  code.ignore('S3ObjectVersion', 'SourceKMSKeyArn');
  return { kind: 'object', bucket: code.neededText('S3Bucket'), key: code.neededText('S3Key') };
}

function located(location: string, entryPoints: readonly string[]): CodeLocation {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(location) ?? [];
  if (bucket !== undefined && key !== undefined) return { kind: 'object', bucket, key };
  return { kind: 'path', path: location, entryPoints };
}

/** https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-using-build-typescript.html */
function entryPointsOf(metadata: TemplateMap): readonly string[] {
  if (metadata['BuildMethod'] !== 'esbuild') return [];
  const build = metadata['BuildProperties'];
  const entries: TemplateValue | undefined = isMap(build) ? build['EntryPoints'] : undefined;
  return isList(entries) ? entries.filter((entry) => typeof entry === 'string') : [];
}
