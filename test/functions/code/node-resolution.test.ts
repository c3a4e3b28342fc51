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

let folder: Folder;
let code: LoadedCode;
let answers: Record<string, Answer>;

beforeAll(async () => {
  folder = await folderOf(project);
  code = await loadCode({ dir: folder.path }, { handler: 'index.handler', runtime: 'nodejs24.x' });
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', probe, JSON.stringify([folder.path, askers, requests])],
    { env: { ...process.env, NODE_PATH: folder.path } },
  );
  answers = JSON.parse(stdout.replaceAll(folder.path, '/var/task')) as Record<string, Answer>;
});

afterAll(() => folder[Symbol.asyncDispose]());

describe.each(askers)('from %s', (asker) => {
  describe.each(['require', 'import'] as const)('%s resolves as Node does', (kind) => {
    test.each(requests)('%j', (request) => {
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
