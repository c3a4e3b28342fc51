import { invalidParameter } from './api-error.ts';

/** Lambda gives at most this many entries of a list, whatever is asked for. */
const largestPage = 50;

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the next page begins; undefined behind the last. */
  readonly nextMarker: string | undefined;
}

/**
 * One page of a list. The marker names the last entry of the page before, so that a list that changes meanwhile
 * neither repeats nor skips what stays in it.
 * @param keyOf a text that no two entries share, in the order of the list
 */
export function pageOf<Item>(
  list: readonly Item[],
  keyOf: (item: Item) => string,
  input: { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined },
  mostItems: number = largestPage,
): Page<Item> {
  const { Marker: marker, MaxItems: maxItems = mostItems } = input;
  const start = marker === undefined ? 0 : positionBehind(list, keyOf, marker);
  const end = start + Math.min(maxItems, mostItems);
  const items = list.slice(start, end);
  const last = items.at(-1);
  const isWhole = end >= list.length || last === undefined;
  return { items, nextMarker: isWhole ? undefined : encode(end, keyOf(last)) };
}

function positionBehind<Item>(
  list: readonly Item[],
  keyOf: (item: Item) => string,
  marker: string,
): number {
  const { index, key } = decode(marker);
  const found = list.findIndex((item) => keyOf(item) === key);
  // What the marker named may be gone; the place where it stood is the best that is known.
  return found >= 0 ? found + 1 : Math.min(index - 1, list.length);
}

function encode(index: number, key: string): string {
  return Buffer.from(JSON.stringify([index, key])).toString('base64');
}

function decode(marker: string): { index: number; key: string } {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(marker, 'base64').toString());
    const [index, key] = Array.isArray(parsed) ? (parsed as unknown[]) : [];
    if (Number.isInteger(index) && (index as number) > 0 && typeof key === 'string') {
      return { index: index as number, key };
    }
  } catch (cause) {
    throw invalidParameter('Invalid Marker: it is not one that a list of this API gave', cause);
  }
  throw invalidParameter('Invalid Marker: it is not one that a list of this API gave');
}
