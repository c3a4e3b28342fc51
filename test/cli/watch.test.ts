import { describe, expect, test } from 'vitest';
import { FileWatcher } from '../../src/cli/serve/file-watcher.ts';
import { Reloader, type Reloadable } from '../../src/cli/serve/reloader.ts';
import { VirtualClock } from '../../src/testing/index.ts';

/** A disk that is told what changes. */
function disk() {
  const listeners = new Map<string, (name: string | null) => void>();
  return {
    watchFolder: (folder: string, onChange: (name: string | null) => void) => {
      listeners.set(folder, onChange);
      return { close: () => void listeners.delete(folder) };
    },
    watched: () => [...listeners.keys()],
    change: (folder: string, name: string | null) => listeners.get(folder)?.(name),
  };
}

function watcher() {
  const clock = new VirtualClock();
  const { watchFolder, watched, change } = disk();
  const told: string[][] = [];
  const files = new FileWatcher({
    clock,
    watchFolder,
    onChange: (changed) => told.push([...changed]),
    onProblem: () => {},
  });
  return { clock, watched, change, told, files };
}

describe('watching files', () => {
  test('changes that come close together are told once, when it is quiet', async () => {
    const { clock, change, told, files } = watcher();
    files.follow(['/app/a.ts', '/app/lib/b.ts']);
    change('/app', 'a.ts');
    await clock.advance(99);
    change('/app/lib', 'b.ts');
    await clock.advance(99);
    expect(told).toEqual([]);
    await clock.advance(1);
    expect(told).toEqual([['/app/a.ts', '/app/lib/b.ts']]);
  });

  test('folders are watched that hold a file, installed packages are not', () => {
    const { watched, files } = watcher();
    files.follow(['/app/a.ts', '/app/b.ts', '/app/node_modules/x/index.js']);
    expect(watched()).toEqual(['/app']);
    expect(files.size).toBe(2);
    files.follow(['/app/lib/c.ts']);
    expect(watched()).toEqual(['/app/lib']);
    files.close();
    expect(watched()).toEqual([]);
  });

  test('what editors leave beside a file says nothing', async () => {
    const { clock, change, told, files } = watcher();
    files.follow(['/app/a.ts']);
    for (const name of ['.a.ts.swp', 'a.ts~', '4913', 'a.ts.tmp']) change('/app', name);
    await clock.advance(1_000);
    expect(told).toEqual([]);
  });

  test('where the system does not say which file it was, it may be all of the folder', async () => {
    const { clock, change, told, files } = watcher();
    files.follow(['/app/a.ts', '/app/b.ts', '/lib/c.ts']);
    change('/app', null);
    await clock.advance(100);
    expect(told).toEqual([['/app/a.ts', '/app/b.ts']]);
  });

  test('a folder that is gone is left to the next build, other trouble is told', () => {
    const problems: string[] = [];
    const files = new FileWatcher({
      clock: new VirtualClock(),
      onChange: () => {},
      onProblem: (message) => problems.push(message),
      watchFolder: (folder) => {
        const code = folder === '/gone' ? 'ENOENT' : 'ENOSPC';
        throw Object.assign(new Error(`${code}: no`), { code });
      },
    });
    files.follow(['/gone/a.ts', '/app/b.ts']);
    expect(problems).toEqual(['/app is not watched: ENOSPC: no']);
  });

  test('nothing is told after the end', async () => {
    const { clock, change, told, files } = watcher();
    files.follow(['/app/a.ts']);
    change('/app', 'a.ts');
    files.close();
    await clock.advance(1_000);
    expect(told).toEqual([]);
  });
});

describe('deploying again', () => {
  /** Reloadables by name that note what happens to them; those in `failing` fail. */
  function reloads(all: readonly Omit<Reloadable, 'reload'>[]) {
    const seen: string[] = [];
    const failing = new Set<string>();
    const inputs: string[][] = [];
    const reloader = new Reloader({
      reloadables: () =>
        all.map((one) => ({
          ...one,
          reload: async () => {
            seen.push(`begins ${one.name}`);
            await Promise.resolve();
            if (failing.has(one.name)) throw new Error('syntax');
          },
        })),
      onInputs: (files) => inputs.push([...files]),
      onReloaded: (name) => seen.push(`reloaded ${name}`),
      onBroken: (name, error) => seen.push(`broken ${name}: ${(error as Error).message}`),
    });
    return {
      seen,
      failing,
      inputs,
      changed: (...files: string[]) => reloader.changed(new Set(files)),
    };
  }
  const two = [
    { name: 'one', inputs: ['/a.ts', '/shared.ts'], root: undefined },
    { name: 'two', inputs: ['/b.ts', '/shared.ts'], root: undefined },
  ];

  test('only what a file belongs to is deployed again', async () => {
    const { seen, changed, inputs } = reloads(two);
    await changed('/b.ts');
    expect(seen).toEqual(['begins two', 'reloaded two']);
    await changed('/other.ts');
    expect(seen).toHaveLength(2);
    await changed('/shared.ts');
    expect(seen.filter((line) => line.startsWith('reloaded'))).toEqual([
      'reloaded two',
      'reloaded one',
      'reloaded two',
    ]);
    expect(inputs.at(-1)).toEqual(['/a.ts', '/shared.ts', '/b.ts']);
  });

  test('a new file belongs to the folder that is deployed as it is', async () => {
    const { seen, changed } = reloads([{ name: 'dir', inputs: ['/dist/index.js'], root: '/dist' }]);
    await changed('/dist/new.js');
    expect(seen).toEqual(['begins dir', 'reloaded dir']);
    await changed('/distant/new.js');
    expect(seen).toHaveLength(2);
  });

  test('what is broken is tried again with any change, until it is mended', async () => {
    const { seen, failing, changed } = reloads(two);
    failing.add('one');
    await changed('/a.ts');
    expect(seen).toEqual(['begins one', 'broken one: syntax']);
    failing.clear();
    await changed('/unknown.ts');
    expect(seen.slice(2)).toEqual(['begins one', 'reloaded one']);
    await changed('/unknown.ts');
    expect(seen).toHaveLength(4);
  });

  test('a template that changed brings everything along, once', async () => {
    const template = { name: 'template', inputs: ['/template.yaml'], root: undefined };
    const { seen, changed } = reloads([{ ...template, isAll: true }, ...two]);
    await changed('/template.yaml', '/shared.ts');
    expect(seen).toEqual(['begins template', 'reloaded template']);
  });

  test('a change that comes meanwhile waits for its turn', async () => {
    const { seen, changed } = reloads(two);
    await Promise.all([changed('/a.ts'), changed('/b.ts')]);
    expect(seen).toEqual(['begins one', 'reloaded one', 'begins two', 'reloaded two']);
  });
});
