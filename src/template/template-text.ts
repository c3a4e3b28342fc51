import { TemplateError, UnknownValueError, type TemplatePlace } from './template-error.ts';
import {
  describeKind,
  describePath,
  isMap,
  type TemplateMap,
  type TemplatePath,
} from './template-value.ts';

/** A template that was read: what it says, and where. */
export class TemplateText {
  readonly root: TemplateMap;
  readonly file: string | undefined;
  readonly #lineOf: ReadonlyMap<string, number>;

  constructor(root: TemplateMap, file: string | undefined, lineOf: ReadonlyMap<string, number>) {
    this.root = root;
    this.file = file;
    this.#lineOf = lineOf;
  }

  /** The line of what is there; of what is around it where that was made by a transform. */
  placeOf(path: TemplatePath): TemplatePlace {
    for (let length = path.length; length > 0; length -= 1) {
      const line = this.#lineOf.get(path.slice(0, length).join('\0'));
      if (line !== undefined) return { file: this.file, line, path: describePath(path) };
    }
    return { file: this.file, line: undefined, path: describePath(path) };
  }

  error(path: TemplatePath, problem: string, cause?: unknown): TemplateError {
    return new TemplateError(this.placeOf(path), problem, cause === undefined ? {} : { cause });
  }

  /** A resource needs what is not known. */
  unknown(path: TemplatePath, problem: string): UnknownValueError {
    return new UnknownValueError(this.placeOf(path), path, problem);
  }

  /** A section of the template, such as `Parameters`; empty when there is none. */
  section(name: string): TemplateMap {
    const section = this.root[name];
    if (section === undefined || section === null) return {};
    if (isMap(section)) return section;
    throw this.error([name], `Expected a map, got ${describeKind(section)}`);
  }
}
