import {
  isAlias,
  isMap as isYamlMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type ParsedNode,
  type Scalar,
} from 'yaml';
import { longForm, shortFormTags } from './short-forms.ts';
import { TemplateError } from './template-error.ts';
import { TemplateText } from './template-text.ts';
import {
  isList,
  isMap,
  type TemplateMap,
  type TemplatePath,
  type TemplateValue,
} from './template-value.ts';

/** More than a template of AWS can have; what goes deeper is an alias that holds itself. */
const deepest = 100;

/** Nodes that aliases may lead to, so that a small file cannot become a huge template. */
const mostNodes = 500_000;

/**
 * Reads the text of a template, YAML or JSON (which is YAML too).
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
 * @param file how errors name it
 */
export function readTemplate(text: string, file?: string): TemplateText {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    schema: 'core',
    customTags: (tags) => [...tags, ...shortFormTags],
    prettyErrors: false,
    logLevel: 'silent',
  });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const { line } = lines.linePos(problem.pos[0]);
    throw new TemplateError({ file, line, path: '' }, problem.message);
  }

  const lineAt = (node: ParsedNode | null | undefined): number | undefined =>
    node?.range === undefined || node.range === null
      ? undefined
      : lines.linePos(node.range[0]).line;
  const reader = new NodeReader(document, file, lineAt);
  const root = reader.read(document.contents, []);
  if (!isMap(root)) {
    throw new TemplateError({ file, line: undefined, path: '' }, 'A template is a map of sections');
  }
  return new TemplateText(root, file, reader.lineOf);
}

/** Makes plain values of nodes and notes the line of each. */
class NodeReader {
  readonly lineOf = new Map<string, number>();
  readonly #document: Document;
  readonly #file: string | undefined;
  readonly #lineAt: (node: ParsedNode | null | undefined) => number | undefined;
  #nodes = 0;

  constructor(
    document: Document,
    file: string | undefined,
    lineAt: (node: ParsedNode | null | undefined) => number | undefined,
  ) {
    this.#document = document;
    this.#file = file;
    this.#lineAt = lineAt;
  }

  read(node: ParsedNode | null, path: TemplatePath): TemplateValue {
    this.#note(node, path);
    this.#nodes += 1;
    if (path.length > deepest || this.#nodes > mostNodes) {
      throw this.#error(
        node,
        path,
        'This is nested too deeply, or an alias of YAML leads to itself',
      );
    }
    if (isAlias(node)) {
      return this.read((node.resolve(this.#document) as ParsedNode | undefined) ?? null, path);
    }
    const value = this.#untagged(node, path);
    return longForm(node?.tag, value) ?? value;
  }

  #untagged(node: ParsedNode | null, path: TemplatePath): TemplateValue {
    if (isScalar(node)) return scalarOf(node);
    if (isSeq<ParsedNode>(node)) {
      return node.items.map((item, index) => this.read(item, [...path, index]));
    }
    return isYamlMap<ParsedNode, ParsedNode | null>(node) ? this.#map(node.items, path) : null;
  }

  #map(
    pairs: readonly { readonly key: ParsedNode; readonly value: ParsedNode | null }[],
    path: TemplatePath,
  ): TemplateMap {
    const merged: Record<string, TemplateValue> = {};
    const own: Record<string, TemplateValue> = {};
    for (const { key, value } of pairs) {
      if (!isScalar(key)) throw this.#error(key, path, 'A key is a text');
      const name = keyOf(key);
      if (name === '<<') {
        for (const part of this.#merged(this.read(value, [...path, name]))) {
          for (const [added, its] of Object.entries(part)) put(merged, added, merged[added] ?? its);
        }
        continue;
      }
      put(own, name, this.read(value, [...path, name]));
      // Where the key is, and not where a long value begins.
      this.#note(key, [...path, name]);
    }
    return { ...merged, ...own };
  }

  /** `<<` takes a map, or a list of maps of which the first one counts. */
  #merged(value: TemplateValue): TemplateMap[] {
    return (isList(value) ? value : [value]).filter(isMap);
  }

  #note(node: ParsedNode | null, path: TemplatePath): void {
    const line = this.#lineAt(node);
    if (line !== undefined) this.lineOf.set(path.join('\0'), line);
  }

  #error(node: ParsedNode | null, path: TemplatePath, problem: string): TemplateError {
    const at = path.slice(0, 4).join('.');
    return new TemplateError({ file: this.#file, line: this.#lineAt(node), path: at }, problem);
  }
}

/** `__proto__` is a key as any other. */
function put(map: Record<string, TemplateValue>, key: string, value: TemplateValue): void {
  Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}

/** As it is written: the key `0123` is not the number 123. */
function keyOf(key: Scalar): string {
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

/** Account ids with a zero at the front, and numbers that lose digits, are texts. */
function scalarOf({ value, source, type }: Scalar): TemplateValue {
  if (typeof value !== 'number') return value as string | boolean | null;
  if (type === 'PLAIN' && source !== undefined && /^0\d|^\d{16,}$/.test(source)) return source;
  return Number.isFinite(value) ? value : String(value);
}
