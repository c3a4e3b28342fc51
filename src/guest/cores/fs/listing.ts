import { encoded, toObject, toOptions, toPath, validateBooleanOption } from './arguments.ts';
import { Dirent } from './dirent.ts';
import { askText, type Operation } from './operation.ts';
import { toStats } from './stats.ts';

/** A name and the letter of its kind. */
export type Entry = readonly [name: string, kind: string];

/** Everything in a folder, in the order in which it came there. */
export function* entriesOf(path: string): Operation<Entry[]> {
  const entries: Entry[] = [];
  for (let from: number | undefined = 0; from !== undefined;) {
    const page = JSON.parse(yield* askText('scandir', path, from)) as {
      names: string[];
      kinds: string;
      next?: number;
    };
    page.names.forEach((name, index) => entries.push([name, page.kinds[index] ?? '']));
    from = page.next;
  }
  return entries;
}

/** By name, as libuv sorts them. */
export function* sortedEntriesOf(path: string): Operation<Entry[]> {
  const entries = yield* entriesOf(path);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Names, or `Dirent`s; with `recursive`, folder after folder. */
export function* readdir(path: unknown, options?: unknown): Operation<unknown[]> {
  const { encoding } = toOptions(options, {});
  const top = toPath(path);
  const { recursive, withFileTypes } = typeof options === 'string' ? {} : toObject(options);
  validateBooleanOption(recursive, 'options.recursive');
  const results: unknown[] = [];
  const folders = [''];
  for (const folder of folders) {
    const place = joined(top, folder);
    for (const [name, kind] of yield* sortedEntriesOf(place)) {
      const inside = joined(folder, name);
      if (recursive === true && (yield* isFolder(joined(place, name), kind))) {
        folders.push(inside);
      }
      results.push(
        withFileTypes === true
          ? new Dirent(encoded(name, encoding), encoded(place, encoding), kind)
          : encoded(inside, encoding),
      );
    }
  }
  return results;
}

/** As in Node, links to folders count. */
function* isFolder(path: string, kind: string): Operation<boolean> {
  if (kind !== 'l') return kind === 'd';
  const json = yield* askText('statIfThere', path);
  return json !== '' && toStats(json, false).isDirectory();
}

/** `''` joins to the other one alone. */
export function joined(folder: string, name: string): string {
  if (folder === '' || name === '') return folder + name;
  return folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`;
}
