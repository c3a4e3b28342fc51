/** `path.matchesGlob`: the patterns of minimatch that people use. */
export function matchesGlobPattern(path: string, pattern: string, separator: '/' | '\\'): boolean {
  const names = path.split(separator === '/' ? '/' : /[\\/]/);
  return expandBraces(pattern).some((one) => matchNames(names, one.split('/'), separator));
}

/** `a{b,c}` as `ab` and `ac`. */
function expandBraces(pattern: string): string[] {
  const found = /^(.*?)\{([^{}]*,[^{}]*)\}(.*)$/s.exec(pattern);
  if (found === null) return [pattern];
  const [, before = '', inside = '', after = ''] = found;
  return inside.split(',').flatMap((one) => expandBraces(`${before}${one}${after}`));
}

function matchNames(
  names: readonly string[],
  patterns: readonly string[],
  separator: '/' | '\\',
): boolean {
  const [pattern, ...rest] = patterns;
  if (pattern === undefined) return names.length === 0;
  if (pattern === '**') {
    for (let skipped = 0; skipped <= names.length; skipped += 1) {
      if (matchNames(names.slice(skipped), rest, separator)) return true;
      if (names[skipped]?.startsWith('.') === true) return false;
    }
    return false;
  }
  const [name] = names;
  if (name === undefined) return false;
  const isCaseless = separator === '\\';
  return (
    new RegExp(`^${patternSource(pattern)}$`, isCaseless ? 'is' : 's').test(name) &&
    matchNames(names.slice(1), rest, separator)
  );
}

function patternSource(pattern: string): string {
  // A leading dot must be written out.
  let source = /^[*?[]/.test(pattern) ? String.raw`(?!\.)` : '';
  for (let at = 0; at < pattern.length; at += 1) {
    const unit = pattern[at] as string;
    if (unit === '*') {
      source += '[^/]*';
      if (pattern === '*') source += '(?<=.)';
    } else if (unit === '?') {
      source += '[^/]';
    } else if (unit === '[' && pattern.indexOf(']', at + 2) > 0) {
      const end = pattern.indexOf(']', at + 2);
      const set = pattern.slice(at + 1, end).replaceAll('\\', '\\\\');
      source += `[${set.replace(/^[!^]/, '^')}]`;
      at = end;
    } else if (unit === '\\' && at + 1 < pattern.length) {
      at += 1;
      source += escaped(pattern[at] as string);
    } else {
      source += escaped(unit);
    }
  }
  return source;
}

function escaped(unit: string): string {
  return unit.replace(/[|\\{}()[\]^$+*?.-]/, String.raw`\$&`);
}
