/** What the head of a test file says. https://web-platform-tests.org/writing-tests/testharness.html */
export interface Meta {
  readonly globals: readonly string[];
  /** Scripts to load before the test, relative to it or from the root. */
  readonly scripts: readonly string[];
  /** Queries the file runs with, each a run of its own; at least the empty one. */
  readonly variants: readonly string[];
}

export function metaOf(text: string): Meta {
  const globals: string[] = [];
  const scripts: string[] = [];
  const variants: string[] = [];
  for (const [, key, value = ''] of text.matchAll(/^\/\/ META: (\w+)=(.*?)\s*$/gm)) {
    if (key === 'global') globals.push(...value.split(',').map((name) => name.trim()));
    else if (key === 'script') scripts.push(value);
    else if (key === 'variant') variants.push(value);
  }
  return {
    globals: globals.length === 0 ? ['window', 'dedicatedworker'] : globals,
    scripts,
    variants: variants.length === 0 ? [''] : variants,
  };
}
