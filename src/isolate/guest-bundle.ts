import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { RuntimeFaultError } from '../core/errors.ts';

const { resolve } = createRequire(import.meta.url);

/** Frames of the guest's own code carry this name; they are left out of what users see. */
export const bootstrapFilename = '/var/runtime/bootstrap.js';

/** Text of the guest bootstrap: a function that gives `boot` once run. */
export function bootstrapSource(): string {
  return readBuilt('#guest/main.cjs');
}

interface PartTable {
  /** What each part requires as soon as it is evaluated. */
  readonly needs: Readonly<Record<string, readonly string[]>>;
  /** Builtin modules with the names an ES module may import from them. */
  readonly builtins: Readonly<Record<string, readonly string[]>>;
}

let table: PartTable | undefined;

function partTable(): PartTable {
  table ??= JSON.parse(readBuilt('#guest/parts.json')) as PartTable;
  return table;
}

/** Names that an ES module may import from a builtin, or `undefined` when there is no such builtin. */
export function builtinExportsOf(name: string): readonly string[] | undefined {
  const { builtins } = partTable();
  return Object.hasOwn(builtins, name) ? builtins[name] : undefined;
}

/** The parts that a part requires when it is evaluated, or `undefined` when there is no such part. */
export function needsOfPart(name: string): readonly string[] | undefined {
  const { needs } = partTable();
  return Object.hasOwn(needs, name) ? needs[name] : undefined;
}

const parts = new Map<string, string>();

/** Text of a part of the prelude, or `undefined` when there is none of that name. */
export function partSource(name: string): string | undefined {
  if (needsOfPart(name) === undefined) return undefined;
  const known = parts.get(name) ?? readBuilt(`#guest/${name}.cjs`);
  parts.set(name, known);
  return known;
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
