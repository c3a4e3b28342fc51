import type { Import } from 'es-module-lexer';
import { loaderCalls } from '../../core/program.ts';

/** One replacement in a text: everything from `start` to `end` becomes `text`. Never spans lines. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const importKeyword = 'import';

/** The edits that turn `import(` and `import.meta` into calls of the guest's loader. */
export function loaderEdits(text: string, path: string, imports: readonly Import[]): Edit[] {
  const name = JSON.stringify(path);
  const edits: Edit[] = [];
  for (const found of imports) {
    if (found.type === 'import-meta') {
      edits.push({ start: found.start, end: found.end, text: metaCall(text, found.start, name) });
    }
    // `import.source(` and `import.defer(` stay as they are: V8 says best that it has no such thing.
    if (found.type !== 'dynamic' || found.phase !== null) continue;
    const { importStart, dynamicStart } = found;
    const keywordEnd = importStart + importKeyword.length;
    edits.push({ start: importStart, end: keywordEnd, text: loaderCalls.dynamicImport });
    edits.push({ start: dynamicStart + 1, end: dynamicStart + 1, text: `${name}, ` });
  }
  return edits;
}

/** By place; at the same place, what closes comes first, then what opens, then what replaces. */
export function sortedEdits(edits: Edit[]): Edit[] {
  const rank = ({ start, end, text }: Edit): number =>
    text.startsWith(')') ? 0 : start === end ? 1 : 2;
  return edits.sort((a, b) => a.start - b.start || rank(a) - rank(b));
}

/** `new import.meta.Class()` must not become `new __isolambda_meta(...)`. */
function metaCall(text: string, start: number, name: string): string {
  const call = `${loaderCalls.importMeta}(${name})`;
  return /\bnew\s+$/.test(text.slice(Math.max(0, start - 64), start)) ? `(${call})` : call;
}

export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const edit of edits) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

/** A hashbang is only legal at the very start, where a wrapped module no longer is. Keeps columns. */
export function withoutHashbang(text: string): string {
  return text.startsWith('#!') ? `//${text.slice(2)}` : text;
}
