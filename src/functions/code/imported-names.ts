import type { Import } from 'es-module-lexer';

/**
 * The names that static imports ask of each specifier. A specifier is left out where the names cannot be
 * told: a namespace, `export *`, or a clause with something unusual in it.
 */
export function importedNames(
  text: string,
  imports: readonly Import[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>();
  const untold = new Set<string>();
  for (const found of imports) {
    if (found.type !== 'static' && found.type !== 'reexport-star') continue;
    const clause = namesOf(text.slice(found.importStart, found.start));
    if (clause === undefined) untold.add(found.specifier);
    const known = names.get(found.specifier) ?? new Set();
    for (const name of clause ?? []) known.add(name);
    names.set(found.specifier, known);
  }
  for (const specifier of untold) names.delete(specifier);
  return names;
}

/** Everything from `import` or `export` to the quote that opens the specifier. */
const clausePattern =
  /^(?:import|export)\s*(?:[\w$]+\s*,?\s*)?(?:\{(?<list>[^{}]*)\}\s*)?from\s*["']$/;
const namePattern = /^(?<name>[\w$]+)(?:\s+as\s+[\w$]+)?$/;

function namesOf(clause: string): readonly string[] | undefined {
  if (/^import\s*["']$/.test(clause)) return [];
  const found = clausePattern.exec(clause);
  if (found === null) return undefined;
  const list = (found.groups?.['list'] ?? '').split(',').map((item) => item.trim());
  const names = list.filter((item) => item !== '').map((item) => namePattern.exec(item));
  if (names.includes(null)) return undefined;
  return names.map((name) => name?.groups?.['name'] ?? '');
}
