import { createHash } from 'node:crypto';
import type { LoadedLayer } from '../code-loader.ts';
import type { LocalLayerSource } from './code-source.ts';
import { layerRoot } from './deployment.ts';
import { unpackPackage } from './load-package.ts';
import { writeZip } from './zip-writer.ts';

/** Reads or unpacks a layer. Throws `CodeError`. */
export async function loadLayer(source: LocalLayerSource): Promise<LoadedLayer> {
  const { deployment, inputFiles, zip } = await unpackPackage(source, layerRoot);
  const bytes = zip ?? (await writeZip(deployment, layerRoot));
  return Object.freeze({
    arn: undefined,
    codeSha256: createHash('sha256').update(bytes).digest('base64'),
    codeSize: bytes.byteLength,
    zip: bytes,
    files: deployment.files,
    links: deployment.links,
    inputFiles,
  });
}
