/** `util.parseEnv`: the text of a `.env` file, by Node's rules. */
export function parseDotEnv(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  const lines = text.replaceAll('\r\n', '\n').trim();
  let at = 0;
  while (at < lines.length) {
    const lineEnd = endOfLine(lines, at);
    const equals = lines.indexOf('=', at);
    const isComment = /^\s*#/.test(lines.slice(at, lineEnd));
    if (equals < 0) break;
    if (isComment || equals > lineEnd) {
      at = lineEnd + 1;
      continue;
    }
    const key = lines
      .slice(at, equals)
      .trim()
      .replace(/^export\s+/, '');
    const [value, next] = readValue(lines, equals + 1, lineEnd);
    if (key !== '') found[key] = value;
    at = next;
  }
  return found;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function readValue(text: string, start: number, lineEnd: number): [value: string, next: number] {
  let at = start;
  while (at < lineEnd && /\s/.test(text[at] ?? '')) at += 1;
  const quote = text[at] ?? '';
  if (quote === '"' || quote === "'" || quote === '`') {
    const close = text.indexOf(quote, at + 1);
    if (close >= 0) {
      const inner = text.slice(at + 1, close);
      const value = quote === '"' ? inner.replaceAll(String.raw`\n`, '\n') : inner;
      return [value, endOfLine(text, close) + 1];
    }
  }
  const rest = text.slice(at, lineEnd);
  const hash = rest.indexOf('#');
  return [(hash < 0 ? rest : rest.slice(0, hash)).trim(), lineEnd + 1];
}
