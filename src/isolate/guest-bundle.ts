import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { RuntimeFaultError } from '../core/errors.ts';

const { resolve } = createRequire(import.meta.url);

/** Frames of the guest's own code carry this name; they are left out of what users see. */
export const bootstrapFilename = '/var/runtime/bootstrap.js';

/** Text of the guest bootstrap: a function `(emit, call)` once run. */
export function bootstrapSource(): string {
  return readBuilt('#guest/main.cjs');
}

const parts = new Map<string, string | undefined>();

/** Text of a lazy part of the prelude, or `undefined` when there is none of that name. */
export function partSource(name: string): string | undefined {
  if (!/^[a-z][a-z-]*$/.test(name)) return undefined;
  if (!parts.has(name)) parts.set(name, readPart(name));
  return parts.get(name);
}

function readPart(name: string): string | undefined {
  try {
    return readFileSync(resolve(`#guest/parts/${name}.cjs`), 'utf8');
  } catch {
    return undefined;
  }
}

function readBuilt(specifier: string): string {
  const path = resolve(specifier);
  if (!existsSync(path)) {
    throw new RuntimeFaultError(
      `The guest bundle ${path} is missing. In a checkout, run \`npm run build\` first`,
    );
  }
  return readFileSync(path, 'utf8');
}
