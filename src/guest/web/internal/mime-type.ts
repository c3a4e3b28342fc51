/** https://mimesniff.spec.whatwg.org/#parsing-a-mime-type */
export interface MimeType {
  readonly essence: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const token = /^[!#$%&'*+\-.^`|~\w]+$/;
const quotable = /^[\t\x20-\x7e\x80-\xff]*$/;

export function parseMimeType(input: string): MimeType | undefined {
  const text = trim(input);
  const slash = text.indexOf('/');
  const end = text.indexOf(';', slash);
  const type = text.slice(0, Math.max(slash, 0));
  const subtype = text.slice(slash + 1, end < 0 ? undefined : end).trimEnd();
  if (!token.test(type) || !token.test(subtype)) return undefined;
  const parameters = new Map<string, string>();
  if (end >= 0) readParameters(text, end, parameters);
  return { essence: `${type}/${subtype}`.toLowerCase(), parameters };
}

function readParameters(text: string, start: number, parameters: Map<string, string>): void {
  let at = start;
  while (at < text.length) {
    at += 1;
    while (' \t\n\r'.includes(text.charAt(at)) && at < text.length) at += 1;
    const nameStart = at;
    while (at < text.length && text[at] !== ';' && text[at] !== '=') at += 1;
    const name = text.slice(nameStart, at).toLowerCase();
    if (at >= text.length) break;
    if (text[at] === ';') continue;
    at += 1;
    let value: string;
    if (text[at] === '"') {
      [value, at] = quotedString(text, at);
      while (at < text.length && text[at] !== ';') at += 1;
    } else {
      const end = text.indexOf(';', at);
      value = text.slice(at, end < 0 ? undefined : end).trimEnd();
      at = end < 0 ? text.length : end;
      if (value === '') continue;
    }
    if (token.test(name) && quotable.test(value) && !parameters.has(name)) {
      parameters.set(name, value);
    }
  }
}

/** The value of a quoted string and where it ends. */
function quotedString(text: string, start: number): [string, number] {
  let value = '';
  let at = start + 1;
  while (at < text.length && text[at] !== '"') {
    if (text[at] === '\\' && at + 1 < text.length) at += 1;
    value += text.charAt(at);
    at += 1;
  }
  return [value, at + 1];
}

export function serializeMimeType({ essence, parameters }: MimeType): string {
  let text = essence;
  for (const [name, value] of parameters) {
    const isPlain = token.test(value);
    text += `;${name}=${isPlain ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`}`;
  }
  return text;
}

/**
 * https://fetch.spec.whatwg.org/#concept-header-extract-mime-type: the last valid one of a list; a charset
 * of an earlier one of the same kind stays.
 */
export function extractMimeType(header: string | null): MimeType | undefined {
  if (header === null) return undefined;
  let found: MimeType | undefined;
  let charset: string | undefined;
  for (const value of splitList(header)) {
    const type = parseMimeType(value);
    if (type === undefined || type.essence === '*/*') continue;
    if (type.essence !== found?.essence) charset = type.parameters.get('charset');
    const parameters = new Map(type.parameters);
    const own = parameters.get('charset');
    if (own !== undefined) charset = own;
    else if (charset !== undefined) parameters.set('charset', charset);
    found = { essence: type.essence, parameters };
  }
  return found;
}

/** A header's values: at commas outside of quoted strings. */
function splitList(header: string): string[] {
  return header.match(/(?:"(?:\\.|[^"\\])*(?:"|$)|[^",])+/g)?.map(trim) ?? [];
}

function trim(text: string): string {
  return text.replaceAll(/^[\t\n\r ]+|[\t\n\r ]+$/g, '');
}
