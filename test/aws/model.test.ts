import * as client from '@aws-sdk/client-lambda';
import { describe, expect, test } from 'vitest';
import { modelOf, operationNames, shapeOf, type Shape } from '../../src/aws/model/shapes.ts';
import { routeOf } from '../../src/aws/routes.ts';

/** What the client knows of a structure: names of members, their schemas, how many of the first are required. */
type ClientShape = readonly [
  9 | 3,
  string,
  string,
  unknown,
  readonly string[],
  readonly unknown[],
  number?,
];
interface ClientOperation {
  readonly name: string;
  readonly http: readonly [method: string, uri: string, status: number];
  readonly input: ClientShape | 'unit';
}

const operations = Object.values(client as unknown as Record<string, unknown>)
  .filter((value) => Array.isArray(value) && value[0] === 9)
  .map((value): ClientOperation => {
    const [, , name, { http }, input] = value as [
      9,
      string,
      string,
      { http: ClientOperation['http'] },
      () => ClientShape | 'unit',
    ];
    return { name, http, input: input() };
  });

test('the model has the operations of the client, and no others', () => {
  expect([...operationNames].toSorted()).toEqual(operations.map(({ name }) => name).toSorted());
});

describe.each(operations)('$name', ({ name, http, input }) => {
  const model = modelOf(name as (typeof operationNames)[number]);
  const [method, uri, status] = http;

  test('is asked for as the client asks', () => {
    const { where } = model;
    const query = where === undefined ? '' : `?${where.name}=${where.value}`;
    expect(`${model.method} ${model.path}${query}`).toBe(`${method} ${uri.replace(/\/$/, '')}`);
    expect(model.status).toBe(status);
  });

  test('is found by its path', () => {
    const labels = Object.keys(model.labels ?? {});
    const route = routeOf({
      method,
      path: model.path.replaceAll(/\{(\w+)\}/g, 'the%3A$1%2Fof-it'),
      query: model.where === undefined ? {} : { [model.where.name]: model.where.value },
      headers: {},
      body: new Uint8Array(),
    });
    expect(route?.operation).toBe(name);
    expect(route?.labels).toEqual(
      Object.fromEntries(labels.map((label) => [label, `the:${label}/of-it`])),
    );
  });

  test('has the members of the client, where the client puts them', () => {
    expect(membersOf(model)).toEqual(clientMembers(input));
  });

  test('requires what the client requires', () => {
    const required = input === 'unit' ? [] : input[4].slice(0, input[6] ?? 0);
    expect([...(model.required ?? [])].toSorted()).toEqual([...required].toSorted());
  });

  test('names shapes that are there', () => {
    for (const shape of allShapes(model)) expect(shape.type).toBeTypeOf('string');
  });
});

function membersOf(model: ReturnType<typeof modelOf>): Record<string, string> {
  return Object.fromEntries([
    ...Object.keys(model.labels ?? {}).map((name) => [name, 'path']),
    ...Object.entries(model.query ?? {}).map(([name, [, key]]) => [name, `query ${key}`]),
    ...Object.entries(model.headers ?? {}).map(([name, [, key]]) => [name, `header ${key}`]),
    ...Object.keys(model.body ?? {}).map((name) => [
      name,
      name === model.payload ? 'payload' : 'body',
    ]),
  ]) as Record<string, string>;
}

function clientMembers(input: ClientShape | 'unit'): Record<string, string> {
  if (input === 'unit') return {};
  const entries = input[4].map((name, index) => [name, placeOf(input[5][index])]);
  return Object.fromEntries(entries) as Record<string, string>;
}

/** Bits of the client's traits: 1 label, 16 payload. */
function placeOf(schema: unknown): string {
  const traits = Array.isArray(schema) ? (schema as unknown[])[1] : 0;
  if (typeof traits === 'object' && traits !== null) {
    const { httpQuery, httpHeader } = traits as { httpQuery?: string; httpHeader?: string };
    if (httpQuery !== undefined) return `query ${httpQuery}`;
    if (httpHeader !== undefined) return `header ${httpHeader.toLowerCase()}`;
    return 'body';
  }
  if (traits === 1) return 'path';
  return traits === 16 ? 'payload' : 'body';
}

function allShapes(model: ReturnType<typeof modelOf>): Shape[] {
  const names = [
    ...Object.values(model.labels ?? {}),
    ...Object.values(model.body ?? {}),
    ...Object.values(model.query ?? {}).map(([shape]) => shape),
    ...Object.values(model.headers ?? {}).map(([shape]) => shape),
  ];
  const seen = new Map<string, Shape>();
  const visit = (name: string | undefined): void => {
    if (name === undefined || seen.has(name)) return;
    const shape = shapeOf(name);
    seen.set(name, shape);
    for (const next of [shape.member, shape.key, shape.value]) visit(next);
    for (const next of Object.values(shape.members ?? {})) visit(next);
  };
  for (const name of names) visit(name);
  return [...seen.values()];
}
