import { describePlace } from './template-error.ts';
import type { TemplateText } from './template-text.ts';
import { describePath, type TemplatePath } from './template-value.ts';

/** Something in a template that is not as on AWS here. */
export interface TemplateWarning {
  /** The resource that it is about; undefined when it is about several, or none. */
  readonly logicalId: string | undefined;
  /** Such as `Resources.Orders.Properties.VpcConfig`. */
  readonly path: string;
  /** From 1. */
  readonly line: number | undefined;
  /** All of it in one sentence, with file, line and path. */
  readonly message: string;
}

/** Collects what a template says and nobody does. */
export class Warnings {
  readonly #text: TemplateText;
  readonly #all = new Map<string, TemplateWarning>();

  constructor(text: TemplateText) {
    this.#text = text;
  }

  /** The same twice is one. */
  add(path: TemplatePath, problem: string): void {
    const place = this.#text.placeOf(path);
    const message = `${describePlace(place)}${problem}`;
    const [section, logicalId] = path;
    this.#all.set(message, {
      logicalId: section === 'Resources' && typeof logicalId === 'string' ? logicalId : undefined,
      path: describePath(path),
      line: place.line,
      message,
    });
  }

  all(): readonly TemplateWarning[] {
    return [...this.#all.values()];
  }
}
