import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** Everything that loads with a file, without what it loads later with `import()`. */
function loadedWith(url: URL, seen: Set<string> = new Set()): Set<string> {
  const path = fileURLToPath(url);
  if (seen.has(path)) return seen;
  seen.add(path);
  const statement = /^(?:import|export)\s(?!type\s)(?:[^'";]*?\sfrom\s+)?'([^']+)';/gm;
  for (const [, specifier = ''] of readFileSync(path, 'utf8').matchAll(statement)) {
    if (specifier.startsWith('.')) loadedWith(new URL(specifier, url), seen);
    else seen.add(specifier);
  }
  return seen;
}

test('who deploys no template loads nothing of it', () => {
  const loaded = [...loadedWith(new URL('../../src/index.ts', import.meta.url))];
  expect(loaded).not.toContain('yaml');
  expect(loaded.filter((path) => path.includes('/src/deployment/'))).toEqual([]);
  expect(loaded.filter((path) => path.includes('/src/template/')).length).toBe(1);
});
