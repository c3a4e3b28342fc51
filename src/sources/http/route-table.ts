import { addRoute, createRouter, findRoute } from 'rou3';
import { InvalidOptionError } from '../../core/errors.ts';

/** What a path has led to. */
export interface FoundRoute<T> {
  readonly data: T;
  /** What `{name}` and `{name+}` stand for, decoded; `undefined` when there are none. */
  readonly parameters: Record<string, string> | undefined;
}

interface Entry<T> {
  readonly data: T;
  /** In the order of the path. */
  readonly names: readonly string[];
}

const segmentPattern = /^(?:\{([^{}/+]+)(\+?)\}|[^{}]+)$/;

/**
 * Paths as API Gateway writes them (`/users/{id}`, `/{proxy+}`), found by rou3: at each segment text comes before a
 * variable, and a variable before the rest of the path.
 */
export class RouteTable<T> {
  readonly #router = createRouter<Entry<T>>();

  /** `method` is upper case, or empty for any. @throws InvalidOptionError */
  add(method: string, path: string, data: T): void {
    const names: string[] = [];
    const pattern = segmentsOf(path).map((segment) => {
      const [, name, greedy] = segmentPattern.exec(segment) ?? [];
      if (name === undefined) return segment.replaceAll(/[\\:*(){}?+]/g, '\\$&');
      names.push(name);
      // Names of AWS's may have letters that rou3's cannot.
      const own = `p${names.length - 1}`;
      return greedy === '+' ? `**:${own}` : `:${own}`;
    });
    addRoute(this.#router, method, `/${pattern.join('/')}`, { data, names });
  }

  /** `path` as it was sent. */
  find(method: string, path: string): FoundRoute<T> | undefined {
    const found = findRoute(this.#router, method, path);
    if (found === undefined) return undefined;
    const { data, names } = found.data;
    if (names.length === 0) return { data, parameters: undefined };
    const values = names.map((name, index) => [name, decoded(found.params?.[`p${index}`] ?? '')]);
    return { data, parameters: Object.fromEntries(values) as Record<string, string> };
  }
}

/** Whether a path ends in `{name+}`. */
export function isGreedy(path: string): boolean {
  return path.endsWith('+}');
}

/** @throws InvalidOptionError when it is no path of an API */
export function checkRoutePath(option: string, path: unknown): asserts path is string {
  const rule =
    'a path such as "/users/{id}" or "/files/{path+}", with `+` in its last segment only';
  if (typeof path !== 'string' || !path.startsWith('/') || path.length > 2_048) {
    throw new InvalidOptionError(option, rule, path);
  }
  const segments = segmentsOf(path);
  const isGood = segments.every((segment, index) => {
    const isLast = index === segments.length - 1;
    return (
      segmentPattern.test(segment) && (isLast || !isGreedy(segment)) && !/[\s?#]/.test(segment)
    );
  });
  const names = segments.map((segment) => segmentPattern.exec(segment)?.[1]).filter(Boolean);
  if (!isGood || new Set(names).size !== names.length)
    throw new InvalidOptionError(option, rule, path);
}

function segmentsOf(path: string): string[] {
  return path === '/' ? [] : path.slice(1).split('/');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not an encoded text: it stands for itself.
    return text;
  }
}
