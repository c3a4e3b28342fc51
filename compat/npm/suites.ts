import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readText } from '../lib/sources.ts';
import type { Deployment, Suite, TestFile } from '../lib/suite.ts';

/** An installed package that carries its tests, and the builtin that they are run against instead of it. */
interface Carrier {
  readonly package: string;
  readonly folder: string;
}

/** By builtin. All are development dependencies with tests that were once ported from Node's own. */
const carriers: Record<string, Carrier> = {
  events: { package: 'events', folder: 'tests' },
  path: { package: 'path-browserify', folder: 'test' },
  querystring: { package: 'querystring-es3', folder: 'test' },
};

const { resolve } = createRequire(import.meta.url);
const harness = new URL('harness.cjs', import.meta.url);
const standIns = new URL('stand-ins/', import.meta.url);

/** Suites that need no checkout: their files come with `npm install`. */
export function npmSuites(): Suite[] {
  return Object.entries(carriers).map(([builtin, carrier]) => {
    const root = dirname(resolve(`${carrier.package}/package.json`));
    const names = readdirSync(join(root, carrier.folder)).filter((name) => name.endsWith('.js'));
    const texts = new Map(names.map((name) => [name, readText(join(root, carrier.folder, name))]));
    return {
      name: `npm/${builtin}`,
      kind: 'npm',
      files: [...texts]
        .filter(([, text]) => isTest(text))
        .map(([name]): TestFile => ({
          name: `${carrier.package}/${carrier.folder}/${name}`,
          deployment: () => deploy(builtin, carrier.folder, name, texts),
        })),
    };
  });
}

/** Lists of tests and helpers do not load what is tested. */
function isTest(text: string): boolean {
  return /require\((['"])\.\.\/\1\)/.test(text);
}

function deploy(
  builtin: string,
  folder: string,
  name: string,
  texts: ReadonlyMap<string, string>,
): Deployment {
  const files = new Map<string, string>([
    ['index.js', readFileSync(harness, 'utf8')],
    ['job.json', JSON.stringify({ folder, file: name })],
    // What the tests load as `../`.
    ['package/index.js', `module.exports = require('node:${builtin}');\n`],
  ]);
  for (const [path, text] of texts) files.set(`package/${folder}/${path}`, text);
  for (const path of readdirSync(standIns)) {
    files.set(
      `node_modules/${path.replace(/\.cjs$/, '')}/index.js`,
      readFileSync(new URL(path, standIns), 'utf8'),
    );
  }
  return files;
}
