import { stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import type { CodeSource, LayerContentSource } from '../functions/code/code-source.ts';
import type { CodeLocation } from '../template/code-location.ts';
import type { TemplateResource } from '../template/template-resource.ts';
import type { Stack } from './stack.ts';

/** Node runs these as they are; a folder with them is deployed as a folder. */
const ready = ['.js', '.mjs', '.cjs'];

/** These are bundled first. */
const bundled = ['.ts', '.mts', '.cts', '.tsx', '.jsx'];

/** Where the library finds the code of a function. */
export async function codeSource(
  stack: Stack,
  resource: TemplateResource,
  location: CodeLocation,
  handler: string,
): Promise<CodeSource> {
  if (location.kind === 'inline') return { source: location.source };
  if (location.kind === 'object') return objectSource(stack, resource, location);
  const path = resolve(stack.folder, location.path);
  if (!(await isFolder(path))) return fileSource(stack, resource, path);

  const stem = stemOf(handler);
  const { entryPoints, external } = location.build;
  const named = entryPoints.find((entry) => basename(entry, extname(entry)) === basename(stem));
  const source = join(path, named ?? entryPoints[0] ?? '');
  // After `sam build` it is bundled already, and only the result is there.
  if (entryPoints.length > 0 && (await isFile(source))) return { file: source, external };
  if (await firstFile(path, stem, ready)) return { dir: path };
  const entry = await firstFile(path, stem, bundled);
  if (entry !== undefined) return { file: entry };
  const tried = [...ready, ...bundled].map((extension) => `${stem}${extension}`).join(', ');
  throw stack.error(
    resource,
    `There is no file for the handler "${handler}" in "${path}": tried ${tried}`,
  );
}

/** Where the library finds the content of a layer. */
export async function layerSource(
  stack: Stack,
  resource: TemplateResource,
  location: CodeLocation,
): Promise<LayerContentSource> {
  if (location.kind === 'object') return objectSource(stack, resource, location);
  if (location.kind === 'inline') throw stack.error(resource, 'A layer is a folder or a zip');
  const path = resolve(stack.folder, location.path);
  if (await isFolder(path)) return { dir: path };
  if (await isFile(path)) return { zip: path };
  throw stack.error(resource, `There is no folder and no zip at "${path}"`);
}

async function fileSource(
  stack: Stack,
  resource: TemplateResource,
  path: string,
): Promise<CodeSource> {
  if (!(await isFile(path))) {
    throw stack.error(resource, `There is no code at "${path}"`);
  }
  return /\.(?:zip|jar)$/.test(path) ? { zip: path } : { file: path };
}

async function objectSource(
  stack: Stack,
  resource: TemplateResource,
  { bucket, key }: { readonly bucket: string; readonly key: string },
): Promise<{ readonly zip: Uint8Array }> {
  const object = await stack.lambda.getBucket(bucket)?.get(key);
  if (object !== undefined) return { zip: object.body };
  throw stack.error(
    resource,
    `There is no object "${key}" in a bucket "${bucket}" of this Lambda. Put it there before, or name a folder or a zip`,
  );
}

/** The file that a handler is in, without its extension: `src/app` of `src/app.handler`. */
function stemOf(handler: string): string {
  const folder = handler.slice(0, handler.length - basename(handler).length);
  const [module = ''] = basename(handler).split('.');
  return `${folder}${module}`;
}

async function firstFile(
  folder: string,
  stem: string,
  extensions: readonly string[],
): Promise<string | undefined> {
  for (const extension of extensions) {
    const path = join(folder, `${stem}${extension}`);
    if (await isFile(path)) return path;
  }
  return undefined;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
