/** Text of `Fn::Sub`, or a variable in it. */
export type SubPart = { readonly text: string } | { readonly variable: string };

/** Takes the text of `Fn::Sub` apart: `${Name}` is a variable, `${!Name}` is the text `${Name}`. */
export function partsOfSub(text: string): SubPart[] {
  const parts: SubPart[] = [];
  let end = 0;
  for (const match of text.matchAll(/\$\{(!?)([^{}]*)\}/g)) {
    const [whole, literal, name = ''] = match;
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push(literal === '!' ? { text: `\${${name}}` } : { variable: name.trim() });
    end = match.index + whole.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/** What a variable of `Fn::Sub` refers to: `Queue.Arn` is the attribute `Arn` of `Queue`. */
export function referenceOf(variable: string): {
  readonly logicalId: string;
  readonly attribute: string | undefined;
} {
  const point = variable.indexOf('.');
  if (point === -1) return { logicalId: variable, attribute: undefined };
  return { logicalId: variable.slice(0, point), attribute: variable.slice(point + 1) };
}
