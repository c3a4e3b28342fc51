/** Any text, also none. */
const many: unique symbol = Symbol('*');
/** Any one character. */
const one: unique symbol = Symbol('?');

/** A pattern in its parts: each is one UTF-16 unit, or a wildcard. */
export type Wildcard = readonly (string | typeof many | typeof one)[];

/** Reads `*` and `?` of a pattern; everything else stands for itself. */
export function parseWildcard(pattern: string): Wildcard {
  return Array.from({ length: pattern.length }, (_, at) => {
    const unit = pattern.charAt(at);
    if (unit === '*') return many;
    return unit === '?' ? one : unit;
  });
}

/** A text without wildcards, such as the value of a policy variable. */
export function literal(text: string): Wildcard {
  return text.split('');
}

/**
 * Whether the whole text fits. Takes time in proportion to pattern times text at worst: policies may come from
 * people who would like it to take longer.
 */
export function matchesWildcard(pattern: Wildcard, text: string): boolean {
  let at = 0;
  let inPattern = 0;
  /** Where to go on when what follows the last `*` does not fit: it then stands for one character more. */
  let retry: { at: number; inPattern: number } | undefined;
  while (at < text.length) {
    const part = pattern[inPattern];
    if (part === many) {
      inPattern += 1;
      retry = { at, inPattern };
    } else if (part !== undefined && (part === one || part === text.charAt(at))) {
      at += 1;
      inPattern += 1;
    } else if (retry === undefined) {
      return false;
    } else {
      retry.at += 1;
      at = retry.at;
      inPattern = retry.inPattern;
    }
  }
  return pattern.slice(inPattern).every((part) => part === many);
}
