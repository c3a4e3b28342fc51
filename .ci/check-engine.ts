/**
 * Runs the engine on another Node: `node .ci/check-engine.ts <node> <isolated-vm>`, with versions as npm
 * takes them. First the packed package as its users get it, then the engine's own tests.
 */
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { need, pack, root, run, step, temporaryFolder } from './lib/steps.ts';

const [nodeVersion, engineVersion] = process.argv.slice(2);
if (nodeVersion === undefined || engineVersion === undefined) {
  console.error('Usage: node .ci/check-engine.ts <node version> <isolated-vm version>');
  process.exit(1);
}

const folder = temporaryFolder('isolambda-engine-');
const project = join(folder, 'project');
const installed = join(project, 'node_modules');
const node = join(installed, '.bin', 'node');

need(`install Node ${nodeVersion} with isolated-vm ${engineVersion}`, () => {
  const tarball = pack(folder);
  mkdirSync(project);
  const manifest = {
    name: 'engine',
    private: true,
    type: 'module',
    dependencies: {
      isolambda: `file:${tarball}`,
      'isolated-vm': engineVersion,
      node: nodeVersion,
    },
    // Node's package fetches its binary in a script; isolated-vm brings its binaries along.
    allowScripts: { node: true, 'isolated-vm': false },
  };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest, null, 2));
  run('npm', ['install', '--no-audit', '--no-fund'], project);
});

need('it is the Node that was asked for', () => {
  const version = run(node, ['--version'], project).trim();
  if (!version.startsWith(`v${Number.parseInt(nodeVersion, 10)}.`)) {
    throw new Error(`Asked for Node ${nodeVersion}, got ${version}`);
  }
});

step('the packed package runs both tiers', () => {
  copyFileSync(join(root, '.ci', 'engine-smoke.mjs'), join(project, 'engine-smoke.mjs'));
  console.log(run(node, ['engine-smoke.mjs'], project).trimEnd());
});

/** Tests that go through the engine; the rest does not depend on the Node that runs it. */
const engineTests = [
  'test/isolate',
  'test/guest',
  'test/conformance',
  'test/lambda.test.ts',
  'test/storage',
];

/**
 * What the host answers follows the host's Node: algorithms, the texts of OpenSSL, the state of the URL
 * standard. These files compare all of it with Node 24.
 */
const answeredByTheHost = ['node-crypto', 'node-names', 'web-crypto', 'web-url'];

step('the tests of engine, guest and conformance pass', () => {
  // Guests look like Node 24 on every line, so that is what they are compared with.
  process.env['CONTROL_NODE'] = join(root, 'node_modules', '.bin', 'node');
  const checkout = join(folder, 'checkout');
  copyCheckout(checkout);
  const tests = engineTests.filter((path) => existsSync(join(checkout, path)));
  if (tests.length === 0) throw new Error(`There is none of ${engineTests.join(', ')}`);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const config = [
    '--config',
    'test/vitest.config.ts',
    '--typecheck.enabled=false',
    ...answeredByTheHost.map((name) => `--exclude=test/guest/${name}.test.ts`),
  ];
  const printed = run(node, [vitest, 'run', ...config, '--reporter=dot', ...tests], checkout);
  console.log(
    printed
      .split('\n')
      .filter((line) => /^\s*(Test Files|Tests) /.test(line))
      .join('\n'),
  );
});

/** This repository with another isolated-vm: everything else in node_modules is linked. */
function copyCheckout(checkout: string): void {
  const links = join(checkout, 'node_modules');
  mkdirSync(links, { recursive: true });
  for (const name of ['src', 'test', 'dist', 'package.json', 'tsconfig.json']) {
    cpSync(join(root, name), join(checkout, name), { recursive: true });
  }
  for (const name of readdirSync(join(root, 'node_modules'))) {
    const from = name === 'isolated-vm' ? installed : join(root, 'node_modules');
    if (!name.startsWith('.')) symlinkSync(join(from, name), join(links, name));
  }
}
