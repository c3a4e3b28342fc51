/** What a template is made of, once its short forms (`!Ref x`) are long ones (`{ Ref: x }`). */
export type TemplateValue =
  | string
  | number
  | boolean
  | null
  | Unresolved
  | readonly TemplateValue[]
  | TemplateMap;

export interface TemplateMap {
  readonly [key: string]: TemplateValue;
}

/** Keys and indexes from the top of a template. */
export type TemplatePath = readonly (string | number)[];

/** Stands where a value cannot be known here. Whoever needs the value says why. */
export class Unresolved {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** A call of a function of CloudFormation: `{ Ref: 'x' }`, `{ 'Fn::Join': [...] }`, `{ Condition: 'x' }`. */
export interface IntrinsicCall {
  readonly name: string;
  readonly argument: TemplateValue;
}

export function isMap(value: TemplateValue | undefined): value is TemplateMap {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Unresolved)
  );
}

export function isList(value: TemplateValue | undefined): value is readonly TemplateValue[] {
  return Array.isArray(value);
}

/** The call that a value is; undefined for other values. `Condition` counts among conditions alone. */
export function intrinsicOf(value: TemplateValue | undefined): IntrinsicCall | undefined {
  if (!isMap(value)) return undefined;
  const [name, ...others] = Object.keys(value);
  if (name === undefined || others.length > 0) return undefined;
  if (name !== 'Ref' && !name.startsWith('Fn::')) return undefined;
  return { name, argument: value[name] ?? null };
}

/** Whether there is a call anywhere in it. */
export function hasIntrinsic(value: TemplateValue): boolean {
  if (isList(value)) return value.some(hasIntrinsic);
  if (!isMap(value)) return false;
  return intrinsicOf(value) !== undefined || Object.values(value).some(hasIntrinsic);
}

/** The first value in it that is not known. */
export function unresolvedIn(value: TemplateValue): Unresolved | undefined {
  if (value instanceof Unresolved) return value;
  const parts = isList(value) ? value : isMap(value) ? Object.values(value) : [];
  for (const part of parts) {
    const found = unresolvedIn(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `Resources.Orders.Properties.Layers[0]` */
export function describePath(path: TemplatePath): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`,
    )
    .join('');
}

/** What a value is, for messages. */
export function describeKind(value: TemplateValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (value instanceof Unresolved) return 'a value that is not known here';
  if (isList(value)) return 'a list';
  if (isMap(value)) return intrinsicOf(value)?.name ?? 'a map';
  return JSON.stringify(value);
}
