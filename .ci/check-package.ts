/**
 * Is the package fit to be published? Packs it, lints the tarball, then installs it into an empty project
 * and uses it there, from JavaScript and from TypeScript.
 */
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { need, pack, root, run, step, temporaryFolder } from './lib/steps.ts';

const folder = temporaryFolder('isolambda-package-');
const project = join(folder, 'project');
let tarball = '';

need('npm pack', () => {
  tarball = pack(folder);
});

step('the tarball holds what it must and nothing else', () => {
  const files = run('tar', ['-tzf', tarball])
    .trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''));
  const wanted = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'dist/guest/main.cjs'];
  const missing = wanted.filter((path) => !files.includes(path));
  if (missing.length > 0) throw new Error(`Not in the tarball: ${missing.join(', ')}`);
  const strays = files.filter((path) => !path.startsWith('dist/') && !wanted.includes(path));
  if (strays.length > 0) throw new Error(`Should not be in the tarball: ${strays.join(', ')}`);
});

step('publint --strict', () => {
  run('publint', ['run', tarball, '--strict']);
});

step('attw --profile esm-only', () => {
  run('attw', [tarball, '--profile', 'esm-only', '--no-color']);
});

need('npm install of the tarball into an empty project', () => {
  cpSync(join(root, '.ci', 'consumer'), project, { recursive: true });
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const manifest = {
    name: 'consumer',
    private: true,
    type: 'module',
    dependencies: { isolambda: `file:${tarball}` },
    devDependencies: {
      '@types/node': devDependencies['@types/node'],
      vitest: devDependencies['vitest'],
    },
    // Its binaries are in its package; nothing has to be built.
    allowScripts: { 'isolated-vm': false },
  };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest, null, 2));
  run('npm', ['install', '--no-audit', '--no-fund'], project);
});

step('both tiers run there', () => {
  copyFileSync(join(root, '.ci', 'engine-smoke.mjs'), join(project, 'engine-smoke.mjs'));
  run('node', ['engine-smoke.mjs'], project);
});

step('the executable runs a folder, prints events and finds the machine fit', () => {
  const cli = (...args: string[]): string =>
    run('npx', ['--no-install', 'isolambda', ...args], project).trim();
  mkdirSync(join(project, 'shout'));
  const handler = 'export const handler = async ({ say }) => say.toUpperCase();\n';
  writeFileSync(join(project, 'shout', 'index.mjs'), handler);
  const answer = cli('invoke', 'shout', '--event', '{"say":"hello"}');
  if (answer !== '"HELLO"') throw new Error(`Expected "HELLO", got ${answer}`);
  const event = JSON.parse(cli('generate-event', 'sqs', 'receive-message')) as {
    Records: object[];
  };
  if (event.Records.length !== 1) throw new Error('generate-event gave no message');
  console.log(cli('doctor'));
});

step('TypeScript accepts the types, declaration files included', () => {
  run('tsc', ['-p', 'tsconfig.json'], project);
});

step('TypeScript accepts a test of it', () => {
  run('tsc', ['-p', 'tsconfig.test.json'], project);
});

step('a test with the fixtures of isolambda/vitest runs there', () => {
  run('npx', ['--no-install', 'vitest', 'run', '--root', '.'], project);
});

step('an example of the documentation runs there', () => {
  const printed = run('node', ['consumer.ts'], project).trim();
  if (printed !== 'Hello Ada') throw new Error(`Expected "Hello Ada", got "${printed}"`);
});
