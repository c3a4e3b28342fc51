import { LambdaError } from '../core/errors.ts';
import type { TemplatePath } from './template-value.ts';

/** A place in a template. */
export interface TemplatePlace {
  /** As it was given; undefined for text that was given itself. */
  readonly file: string | undefined;
  /** From 1. */
  readonly line: number | undefined;
  /** Such as `Resources.Orders.Properties.Timeout`. */
  readonly path: string;
}

/** A template that cannot be read, or that says what cannot be done. Names the file, the line and the place. */
export class TemplateError extends LambdaError<'ERR_TEMPLATE'> implements TemplatePlace {
  override readonly name: string = 'TemplateError';
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly path: string;

  constructor(place: TemplatePlace, problem: string, options?: { cause?: unknown }) {
    super('ERR_TEMPLATE', `${describePlace(place)}${problem}`, options);
    this.file = place.file;
    this.line = place.line;
    this.path = place.path;
  }
}

/** A resource needs what is not known here. */
export class UnknownValueError extends TemplateError {
  override readonly name: string = 'UnknownValueError';
  readonly at: TemplatePath;
  /** Without the place. */
  readonly problem: string;

  constructor(place: TemplatePlace, at: TemplatePath, problem: string) {
    super(place, problem);
    this.at = at;
    this.problem = problem;
  }
}

/** `template.yaml:12: Resources.Orders: ` */
export function describePlace({ file, line, path }: TemplatePlace): string {
  const where = [file ?? 'template', ...(line === undefined ? [] : [line])].join(':');
  return path === '' ? `${where}: ` : `${where}: ${path}: `;
}
