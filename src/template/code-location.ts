import type { Properties } from './properties.ts';
import { isList, isMap, type TemplateMap, type TemplateValue } from './template-value.ts';

/** Where a template says that code, or a layer, is. */
export type CodeLocation =
  | { readonly kind: 'inline'; readonly source: string }
  /** A folder or a file; relative paths start at the template. */
  | { readonly kind: 'path'; readonly path: string; readonly build: BuildSettings }
  | { readonly kind: 'object'; readonly bucket: string; readonly key: string };

/** What SAM's build says of bundling. */
export interface BuildSettings {
  /** Files below the folder; empty when it is not esbuild that builds. */
  readonly entryPoints: readonly string[];
  /** Packages that stay out of the bundle. */
  readonly external: readonly string[];
}

/**
 * The property `Code` of a function, or `Content` of a layer: a path (which `aws cloudformation package` would
 * upload), an address of S3, or CloudFormation's map.
 */
export function codeLocation(
  properties: Properties,
  name: string,
  metadata: TemplateMap,
): CodeLocation {
  const build = buildOf(metadata);
  // What the CDK wrote beside its template, before anything was uploaded.
  const asset = metadata['aws:asset:path'];
  if (typeof asset === 'string') {
    properties.ignore(name);
    return { kind: 'path', path: asset, build };
  }
  const given = properties.raw(name);
  if (given === undefined) return { kind: 'path', path: '.', build };
  if (!isMap(given)) return located(properties.neededText(name), build);

  const code = properties.neededMap(name);
  const source = code.text('ZipFile');
  if (source !== undefined) return { kind: 'inline', source };
  if (code.has('ImageUri')) {
    throw code.unknown('ImageUri', 'container images are not run here');
  }
  code.ignore('S3ObjectVersion', 'SourceKMSKeyArn');
  return { kind: 'object', bucket: code.neededText('S3Bucket'), key: code.neededText('S3Key') };
}

function located(location: string, build: BuildSettings): CodeLocation {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(location) ?? [];
  if (bucket !== undefined && key !== undefined) return { kind: 'object', bucket, key };
  return { kind: 'path', path: location, build };
}

/** https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-using-build-typescript.html */
function buildOf(metadata: TemplateMap): BuildSettings {
  const settings = metadata['BuildProperties'];
  const isEsbuild = metadata['BuildMethod'] === 'esbuild' && isMap(settings);
  return {
    entryPoints: isEsbuild ? textsOf(settings['EntryPoints']) : [],
    external: isEsbuild ? textsOf(settings['External']) : [],
  };
}

function textsOf(value: TemplateValue | undefined): readonly string[] {
  return isList(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
