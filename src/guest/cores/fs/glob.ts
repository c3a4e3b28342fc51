import { fileArguments, listing, operations, Dirent } from '../../node/fs.ts';
import { validateFunction, validateString } from '../../node/internal/validators.ts';

interface GlobOptions {
  readonly cwd: string;
  readonly exclude: (name: unknown) => boolean;
  readonly withFileTypes: boolean;
}

export function globOptions(value: unknown): GlobOptions {
  const { cwd = '.', exclude, withFileTypes } = fileArguments.toObject(value);
  const types = withFileTypes === true;
  return {
    cwd: fileArguments.toPath(cwd, 'options.cwd'),
    exclude: excluder(exclude),
    withFileTypes: types,
  };
}

/** `exclude` is a function, or patterns of paths. */
function excluder(exclude: unknown): (name: unknown) => boolean {
  if (exclude === undefined) return () => false;
  if (!Array.isArray(exclude)) {
    validateFunction(exclude, 'options.exclude');
    return (name) => Boolean(exclude(name));
  }
  const patterns = exclude.flatMap((pattern) => expandBraces(String(pattern))).map(toExpression);
  return (name) => typeof name === 'string' && patterns.some((pattern) => pattern.test(name));
}

/** What `**` and the names between slashes become. */
type Segment = RegExp | '**';

/** Paths below `cwd` that fit one of the patterns, each once. */
export function* globbed(pattern: unknown, options: GlobOptions): operations.Operation<unknown[]> {
  const patterns = Array.isArray(pattern) ? (pattern as unknown[]) : [pattern];
  const found = new Map<string, unknown>();
  for (const one of patterns) {
    validateString(one, 'patterns');
    for (const plain of expandBraces(one)) {
      const root = plain.startsWith('/') ? '/' : '';
      const segments = plain.split('/').filter((part) => part !== '' && part !== '.');
      yield* match(root, segments.map(toSegment), options, found);
    }
  }
  return [...found.values()];
}

function* match(
  folder: string,
  segments: readonly Segment[],
  options: GlobOptions,
  found: Map<string, unknown>,
): operations.Operation<undefined> {
  const [segment, ...rest] = segments;
  if (segment === undefined) return undefined;
  if (segment === '**') yield* match(folder, rest, options, found);
  const place = folder.startsWith('/') ? folder : listing.joined(options.cwd, folder);
  for (const [name, kind] of yield* entriesIfFolder(place)) {
    const path = listing.joined(folder, name);
    const entry = new Dirent(name, place, kind);
    if (options.exclude(options.withFileTypes ? entry : path)) continue;
    if (segment === '**') {
      // A pattern that ends with `**` takes everything below.
      if (rest.length === 0) found.set(path, options.withFileTypes ? entry : path);
      if (kind === 'd') yield* match(path, segments, options, found);
    } else if (segment.test(name)) {
      if (rest.length === 0) found.set(path, options.withFileTypes ? entry : path);
      else if (kind === 'd' || kind === 'l') yield* match(path, rest, options, found);
    }
  }
  return undefined;
}

function* entriesIfFolder(path: string): operations.Operation<listing.Entry[]> {
  try {
    return yield* listing.sortedEntriesOf(path);
  } catch {
    return [];
  }
}

function toSegment(text: string): Segment {
  return text === '**' ? '**' : toExpression(text);
}

/** `*`, `?` and `[...]` within a name; `**` over names. A name that begins with a dot is matched as any. */
function toExpression(pattern: string): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const letter = pattern[at] ?? '';
    const close = letter === '[' ? pattern.indexOf(']', at + 2) : -1;
    if (letter === '*' && pattern[at + 1] === '*') {
      source += pattern[at + 2] === '/' ? '(?:.*/)?' : '.*';
      at += pattern[at + 2] === '/' ? 2 : 1;
    } else if (letter === '*') {
      source += '[^/]*';
    } else if (letter === '?') {
      source += '[^/]';
    } else if (close > 0) {
      const inner = pattern
        .slice(at + 1, close)
        .replace(/^!/, '^')
        .replaceAll('\\', '\\\\');
      source += `[${inner}]`;
      at = close;
    } else {
      source += letter.replace(/[\\^$.|+()[\]{}]/, '\\$&');
    }
  }
  return new RegExp(`^${source}$`, 's');
}

/** `a{b,c}` becomes `ab` and `ac`; braces may stand in braces. */
function expandBraces(pattern: string): string[] {
  const open = pattern.indexOf('{');
  if (open < 0) return [pattern];
  const commas: number[] = [];
  let depth = 0;
  for (let at = open; at < pattern.length; at += 1) {
    const letter = pattern[at];
    if (letter === '{') depth += 1;
    if (letter === ',' && depth === 1) commas.push(at);
    if (letter === '}') depth -= 1;
    if (depth > 0) continue;
    if (commas.length === 0) break;
    const edges = [open, ...commas, at];
    return edges.slice(1).flatMap((edge, index) => {
      const choice = pattern.slice((edges[index] ?? 0) + 1, edge);
      return expandBraces(pattern.slice(0, open) + choice + pattern.slice(at + 1));
    });
  }
  const rest = expandBraces(pattern.slice(open + 1));
  return rest.map((text) => `${pattern.slice(0, open)}{${text}`);
}
