/** Names and values, in the order in which they came; a name may come again. */
export type Pairs = readonly (readonly [name: string, value: string])[];

/** A request as an event tells of it: everything in its place, the body as text. */
export interface HttpRequest {
  /** In capitals. */
  readonly method: string;
  /** As it was sent: encoded, and without the query. */
  readonly path: string;
  /** As it was sent, without the question mark. */
  readonly rawQuery: string;
  /** Decoded. */
  readonly query: Pairs;
  /** Without `cookie`. */
  readonly headers: Pairs;
  readonly cookies: readonly string[];
  readonly body: string | undefined;
  readonly isBase64Encoded: boolean;
  readonly sourceIp: string;
  readonly userAgent: string;
}

/** One value for each name: the last one. */
export function singleValues(pairs: Pairs): Record<string, string> {
  return Object.fromEntries(pairs);
}

/** All values of each name. */
export function multiValues(pairs: Pairs): Record<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  }
  return Object.fromEntries(values);
}

/** All values of each name, with commas between them. */
export function joinedValues(pairs: Pairs): Record<string, string> {
  const joined = Object.entries(multiValues(pairs)).map(([name, values]) => [
    name,
    values.join(','),
  ]);
  return Object.fromEntries(joined) as Record<string, string>;
}

/** The last value of a name in lower case, however it was written. */
export function lastValue(pairs: Pairs, name: string): string | undefined {
  return pairs.findLast(([known]) => known.toLowerCase() === name)?.[1];
}

/** The cookies of one `cookie` header or of several. */
export function cookiesOf(headers: Pairs): string[] {
  return headers
    .filter(([name]) => name.toLowerCase() === 'cookie')
    .flatMap(([, line]) => line.split(/; */))
    .filter((cookie) => cookie !== '');
}

/** `01/Jan/2026:00:00:00 +0000`, as API Gateway writes times. */
export function logTime(ms: number): string {
  const [, day, month, year, clock] = new Date(ms).toUTCString().split(' ');
  return `${day}/${month}/${year}:${clock} +0000`;
}
