import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkRoutePath, RouteTable } from '../../../src/sources/http/route-table.ts';

function tableOf(...paths: string[]): RouteTable<string> {
  const table = new RouteTable<string>();
  for (const path of paths) table.add('', path, path);
  return table;
}

describe('a path is found', () => {
  test('by text, then by variables, then by the rest', () => {
    const table = tableOf('/pets/dog/1', '/pets/dog/{id}', '/pets/{proxy+}', '/{proxy+}');
    expect(table.find('GET', '/pets/dog/1')?.data).toBe('/pets/dog/1');
    expect(table.find('GET', '/pets/dog/2')).toEqual({
      data: '/pets/dog/{id}',
      parameters: { id: '2' },
    });
    expect(table.find('GET', '/pets/cat/1')).toEqual({
      data: '/pets/{proxy+}',
      parameters: { proxy: 'cat/1' },
    });
    expect(table.find('GET', '/test/5')?.data).toBe('/{proxy+}');
    expect(table.find('GET', '/')).toBeUndefined();
  });

  test('with its own method before any', () => {
    const table = new RouteTable<string>();
    table.add('', '/a', 'any');
    table.add('GET', '/a', 'get');
    expect([table.find('GET', '/a')?.data, table.find('PUT', '/a')?.data]).toEqual(['get', 'any']);
  });

  test('with names and texts that a router of other paths would read otherwise', () => {
    const table = tableOf('/a:b/{x.y-z}', '/v1*/c(d)', '/caf%C3%A9');
    expect(table.find('GET', '/a:b/1')?.parameters).toEqual({ 'x.y-z': '1' });
    expect(table.find('GET', '/azzz/1')).toBeUndefined();
    expect(table.find('GET', '/v1*/c(d)')?.data).toBe('/v1*/c(d)');
    expect(table.find('GET', '/v1xyz/c(d)')).toBeUndefined();
    expect(table.find('GET', '/caf%C3%A9')?.data).toBe('/caf%C3%A9');
  });

  test('with parameters decoded', () => {
    const table = tableOf('/{name}');
    expect(table.find('GET', '/a%20b%2Fc')?.parameters).toEqual({ name: 'a b/c' });
    expect(table.find('GET', '/100%')?.parameters).toEqual({ name: '100%' });
  });

  test('as a plain search would find it', () => {
    const segment = fc.constantFrom('a', 'b', '{x}');
    const route = fc
      .tuple(fc.array(segment, { maxLength: 3 }), fc.boolean())
      .map(([parts, greedy]) => {
        const named = parts.map((part, index) => (part === '{x}' ? `{x${index}}` : part));
        return `/${[...named, ...(greedy ? ['{rest+}'] : [])].join('/')}`;
      });
    const path = fc
      .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 5 })
      .map((parts) => `/${parts.join('/')}`);
    fc.assert(
      fc.property(
        fc.uniqueArray(route, { selector: shapeOf, minLength: 1 }),
        path,
        (routes, asked) => {
          expect(tableOf(...routes).find('GET', asked)?.data).toBe(plainFind(routes, asked));
        },
      ),
    );
  });
});

test.each(['', 'a', '/{x}/{x}', '/{a+}/b', '/a b', '/{', '/{}', '//a', '/a?b', 7])(
  'the path %j is refused',
  (path) => {
    expect(() => checkRoutePath('path', path)).toThrow('Expected `path` to be a path such as');
  },
);

/** Two routes that differ in names of variables alone are the same one. */
function shapeOf(route: string): string {
  return route.replaceAll(/\{\w+(\+?)\}/g, '{$1}');
}

/** Ranks of segments, best first: text, variable, rest; compared from the left. */
function plainFind(routes: readonly string[], path: string): string | undefined {
  const parts = path.slice(1).split('/');
  const matches = routes.filter((route) => {
    const source = route.replaceAll(/\{\w+\+\}/g, '.+').replaceAll(/\{\w+\}/g, '[^/]+');
    return new RegExp(`^${source}$`).test(path);
  });
  const rank = (route: string): string =>
    route
      .slice(1)
      .split('/')
      .slice(0, parts.length)
      .map((segment) => (segment.endsWith('+}') ? '2' : segment.startsWith('{') ? '1' : '0'))
      .join('');
  return matches.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))[0];
}
