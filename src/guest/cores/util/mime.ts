import { nodeError } from '../../node/internal/errors.ts';

const ERR_INVALID_MIME_SYNTAX = nodeError(
  'ERR_INVALID_MIME_SYNTAX',
  TypeError,
  (production: string, text: string, at: number) =>
    `The MIME syntax for a ${production} in ${JSON.stringify(text).replace(/^"|"$/g, '"')} is invalid` +
    (at === -1 ? '' : ` at ${at}`),
);

const notToken = /[^!#$%&'*+\-.^_`|~A-Za-z0-9]/;
const notQuoted = /[^\t\u0020-~\u0080-\u00FF]/;
const trailingSpace = /[\r\n\t ]+$/;

function checkedToken(text: string, production: string, value: string): string {
  const bad = value.search(notToken);
  if (value === '' || bad >= 0) throw new ERR_INVALID_MIME_SYNTAX(production, text, bad);
  return value.toLowerCase();
}

/** The parameters of a MIME type, in their order. */
export class MIMEParams {
  readonly #values = new Map<string, string>();

  delete(name: unknown): void {
    this.#values.delete(name as string);
  }

  get(name: unknown): string | null {
    return this.#values.get(name as string) ?? null;
  }

  has(name: unknown): boolean {
    return this.#values.has(name as string);
  }

  set(name: unknown, value: unknown): void {
    const key = name as string;
    const text = value as string;
    const badName = key.search(notToken);
    if (key.length === 0 || badName !== -1) {
      throw new ERR_INVALID_MIME_SYNTAX('parameter name', key, badName);
    }
    const badValue = text.search(notQuoted);
    if (badValue !== -1) throw new ERR_INVALID_MIME_SYNTAX('parameter value', text, badValue);
    this.#values.set(key, text);
  }

  *entries(): IterableIterator<[string, string]> {
    yield* this.#values.entries();
  }

  *keys(): IterableIterator<string> {
    yield* this.#values.keys();
  }

  *values(): IterableIterator<string> {
    yield* this.#values.values();
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }

  toString(): string {
    return Array.from(this.#values, ([name, value]) => `${name}=${encoded(value)}`).join(';');
  }

  toJSON(): string {
    return this.toString();
  }

  /** Reads `; name=value; name="quoted value"` and skips what is malformed, as browsers do. */
  static read(params: MIMEParams, text: string): void {
    let at = 0;
    while (at < text.length) {
      at += /^[\r\n\t ]*/.exec(text.slice(at))?.[0].length ?? 0;
      const stop = text.slice(at).search(/[;=]/);
      const nameEnd = stop < 0 ? text.length : at + stop;
      const name = text.slice(at, nameEnd).toLowerCase();
      at = nameEnd;
      if (at >= text.length) break;
      at += 1;
      if (text[nameEnd] === ';') continue;
      let value: string;
      if (text[at] === '"') {
        const quoted = /^"((?:\\[\s\S]|[^\\"])*)("?)/.exec(text.slice(at));
        value = (quoted?.[1] ?? '').replace(/\\([\s\S])/g, '$1');
        at += quoted?.[0].length ?? 0;
        const next = text.indexOf(';', at);
        at = next < 0 ? text.length : next + 1;
      } else {
        const next = text.indexOf(';', at);
        const valueEnd = next < 0 ? text.length : next;
        value = text.slice(at, valueEnd).replace(trailingSpace, '');
        at = valueEnd + 1;
        if (value === '') continue;
      }
      const isValid = name !== '' && !notToken.test(name) && !notQuoted.test(value);
      if (isValid && !params.#values.has(name)) params.#values.set(name, value);
    }
  }
}

function encoded(value: string): string {
  if (value.length > 0 && !notToken.test(value)) return value;
  return `"${value.replace(/["\\]/g, String.raw`\$&`)}"`;
}

/** https://nodejs.org/docs/latest-v24.x/api/util.html#class-utilmimetype */
export class MIMEType {
  #type: string;
  #subtype: string;
  readonly #params = new MIMEParams();

  constructor(input: unknown) {
    const text = input as string;
    const start = text.length - text.replace(/^[\r\n\t ]+/, '').length;
    const slash = text.indexOf('/', start);
    const typeText = slash < 0 ? text.slice(start) : text.slice(start, slash);
    const badType = typeText.search(notToken);
    if (typeText === '' || badType !== -1 || slash < 0) {
      throw new ERR_INVALID_MIME_SYNTAX('type', text, slash < 0 && badType === -1 ? -1 : badType);
    }
    const semicolon = text.indexOf(';', slash);
    const subtypeText = text
      .slice(slash + 1, semicolon < 0 ? undefined : semicolon)
      .replace(trailingSpace, '');
    const badSubtype = subtypeText.search(notToken);
    if (subtypeText === '' || badSubtype !== -1) {
      throw new ERR_INVALID_MIME_SYNTAX('subtype', text, badSubtype);
    }
    this.#type = typeText.toLowerCase();
    this.#subtype = subtypeText.toLowerCase();
    if (semicolon >= 0) MIMEParams.read(this.#params, text.slice(semicolon + 1));
  }

  get type(): string {
    return this.#type;
  }

  set type(value: unknown) {
    const text = value as string;
    this.#type = checkedToken(text, 'type', text);
  }

  get subtype(): string {
    return this.#subtype;
  }

  set subtype(value: unknown) {
    const text = value as string;
    this.#subtype = checkedToken(text, 'subtype', text);
  }

  get essence(): string {
    return `${this.#type}/${this.#subtype}`;
  }

  get params(): MIMEParams {
    return this.#params;
  }

  toString(): string {
    const params = this.#params.toString();
    return params === '' ? this.essence : `${this.essence};${params}`;
  }

  toJSON(): string {
    return this.toString();
  }
}
