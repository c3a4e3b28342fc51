import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { realpath } from 'node:fs/promises';
import type { ProgramModule } from '../../../src/core/program.ts';
import { loadCode } from '../../../src/functions/code/load-code.ts';
import type { LoadedCode } from '../../../src/functions/code/load-code.ts';

export type Tree = Readonly<Record<string, string>>;

/** A folder on disk, gone when its scope ends. */
export interface Folder extends AsyncDisposable {
  readonly path: string;
}

/** Writes files; a value that starts with `-> ` makes a symbolic link. */
export async function folderOf(tree: Tree): Promise<Folder> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'isolambda-code-')));
  for (const [name, content] of Object.entries(tree)) {
    const file = join(path, name);
    await mkdir(dirname(file), { recursive: true });
    if (content.startsWith('-> ')) await symlink(content.slice(3), file);
    else await writeFile(file, content);
  }
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

export async function loadTree(tree: Tree, handler = 'index.handler'): Promise<LoadedCode> {
  await using folder = await folderOf(tree);
  return await loadCode({ dir: folder.path }, { handler, runtime: 'nodejs24.x' });
}

export async function loadSource(source: string, handler = 'index.handler'): Promise<LoadedCode> {
  return loadCode({ source }, { handler, runtime: 'nodejs24.x' });
}

export function pathsOf(modules: readonly ProgramModule[]): string[] {
  return modules.map(({ path }) => path);
}

export function textsOf(code: LoadedCode): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [path, bytes] of code.files) texts[path] = new TextDecoder().decode(bytes);
  return texts;
}
