import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCode } from '../../../src/functions/code/load-code.ts';
import type { LoadedCode } from '../../../src/functions/code/load-code.ts';
import { folderOf } from './fixture.ts';
import type { Folder } from './fixture.ts';
import { project, requests } from './resolution-fixture.ts';

interface Answer {
  readonly path?: string;
  readonly code?: string;
  readonly message?: string;
}

const askers = ['ask.mjs', 'src/ask.mjs'];

/** Asks Node itself, in a process of its own, because only there `NODE_PATH` can be AWS's. */
const probe = `
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
const [folder, askers, requests] = JSON.parse(process.argv[1]);
const answers = {};
for (const asker of askers) {
  const { load, where } = await import(folder + '/' + asker);
  const { resolve } = createRequire(folder + '/' + asker);
  for (const request of requests) {
    answers['require ' + asker + ' ' + request] = attempt(() => resolve(request));
    answers['import ' + asker + ' ' + request] = await load(request).then(
      () => attempt(() => where(request)), describe);
  }
}
console.log(JSON.stringify(answers));
function attempt(action) {
  try {
    const found = action();
    return { path: found.startsWith('file:') ? fileURLToPath(found) : found };
  } catch (error) { return describe(error); }
}
function describe(error) {
  if (error.code === 'ERR_IMPORT_ATTRIBUTE_MISSING') return { path: fileURLToPath(/"(.*?)"/.exec(error.message)[1]) };
  return { code: error.code, message: error.message };
}
`;

/** Where a program answers differently, on purpose. */
const differences: Readonly<Record<string, string>> = {
  'require #path': 'Node fails with an internal error; import, and we, find the builtin',
  'require node:gone': '`require` itself, unlike `require.resolve`, says that it is no builtin',
};

let folder: Folder;
let code: LoadedCode;
let answers: Record<string, Answer>;

beforeAll(async () => {
  const placed = Object.entries(project).map(([name, text]) => [`var/task/${name}`, text]);
  folder = await folderOf(Object.fromEntries(placed));
  const task = join(folder.path, 'var/task');
  code = await loadCode({ dir: task }, { handler: 'index.handler', runtime: 'nodejs24.x' });
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', probe, JSON.stringify([task, askers, requests])],
    { env: { ...process.env, NODE_PATH: task } },
  );
  const text = stdout
    .replaceAll(folder.path, '')
    // Node guesses what was meant; a program does not.
    .replaceAll(/\\nDid you mean .*?\?"/g, '"');
  const parsed: Record<string, Answer> = JSON.parse(text);
  answers = parsed;
});

afterAll(() => folder[Symbol.asyncDispose]());

describe.each(askers)('from %s', (asker) => {
  describe.each(['require', 'import'] as const)('%s resolves as Node does', (kind) => {
    const same = requests.filter((request) => !(`${kind} ${request}` in differences));
    test.each(same)('%j', (request) => {
      const found = code.program('index.handler').resolve(request, join('/var/task', asker), kind);

      const node = answers[`${kind} ${asker} ${request}`];
      expect(toAnswer(found, node)).toEqual(node);
    });
  });
});

function toAnswer(
  found: ReturnType<ReturnType<LoadedCode['program']>['resolve']>,
  node?: Answer,
): Answer {
  if (found.kind === 'error') return { code: found.code, message: found.message };
  if (found.kind === 'file') return { path: found.path };
  // Node may or may not add the scheme; a program never has it.
  return { path: node?.path?.startsWith('node:') ? `node:${found.name}` : found.name };
}
