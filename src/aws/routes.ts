import { addRoute, createRouter, findRoute } from 'rou3';
import { decodeSegment } from './decode.ts';
import { modelOf, operationNames, type OperationName } from './model/shapes.ts';
import type { DoorRequest } from './operation.ts';

/** Operations that share a path; a parameter of the query tells them apart. */
interface Endpoint {
  readonly plain: OperationName | undefined;
  readonly where: readonly {
    readonly name: string;
    readonly value: string;
    readonly operation: OperationName;
  }[];
}

export interface Route {
  readonly operation: OperationName;
  /** Decoded labels of the path. */
  readonly labels: Readonly<Record<string, string>>;
}

const router = createRouter<Endpoint>();
for (const [key, names] of Map.groupBy(
  operationNames,
  (name) => `${modelOf(name).method} ${modelOf(name).path}`,
)) {
  const [method = '', path = ''] = key.split(' ');
  const where = names.flatMap((operation) => {
    const condition = modelOf(operation).where;
    return condition === undefined ? [] : [{ ...condition, operation }];
  });
  const plain = names.find((name) => modelOf(name).where === undefined);
  addRoute(router, method, path.replaceAll(/\{(\w+)\}/g, ':$1'), { plain, where });
}

/** Which operation a request asks for; undefined when there is none. */
export function routeOf({ method, path, query }: DoorRequest): Route | undefined {
  // Clients end some paths with a slash.
  const plainPath = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  const found = findRoute(router, method, plainPath);
  if (found === undefined) return undefined;
  const { plain, where } = found.data;
  const operation = where.find(({ name, value }) => query[name] === value)?.operation ?? plain;
  if (operation === undefined) return undefined;
  const labels = Object.entries(found.params ?? {}).map(([name, text]) => [
    name,
    decodeSegment(text),
  ]);
  return { operation, labels: Object.fromEntries(labels) as Record<string, string> };
}
