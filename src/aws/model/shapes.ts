import { collections } from './collections.ts';
import { numbers } from './numbers.ts';
import { operations } from './operations.ts';
import { strings } from './strings.ts';
import { structures } from './structures.ts';
import { values } from './values.ts';

/** A rule of one value of a request. Patterns match the whole text; lengths of lists and maps count entries. */
export interface Shape {
  readonly type:
    | 'string'
    | 'integer'
    | 'number'
    | 'boolean'
    | 'blob'
    | 'timestamp'
    | 'list'
    | 'map'
    | 'structure';
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly values?: readonly string[];
  /** Shape of the members of a list. */
  readonly member?: string;
  /** Shapes of the keys and values of a map. */
  readonly key?: string;
  readonly value?: string;
  /** Shapes of the members of a structure, and which of them must be there. */
  readonly members?: Readonly<Record<string, string>>;
  readonly required?: readonly string[];
}

/** How an operation is asked for, and where each member of its input stands. */
export interface OperationModel {
  readonly method: string;
  readonly path: string;
  /** A parameter that tells two operations of one path apart. */
  readonly where?: { readonly name: string; readonly value: string };
  /** Status of a good answer. */
  readonly status: number;
  readonly required?: readonly string[];
  /** The member that is the body as it is. */
  readonly payload?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Shape and name of the parameter. */
  readonly query?: Readonly<Record<string, readonly [shape: string, name: string]>>;
  readonly headers?: Readonly<Record<string, readonly [shape: string, name: string]>>;
  readonly body?: Readonly<Record<string, string>>;
}

export type OperationName = keyof typeof operations;

export const operationNames: readonly OperationName[] = Object.keys(operations) as OperationName[];

const shapes: Readonly<Record<string, Shape>> = {
  ...strings,
  ...numbers,
  ...values,
  ...collections,
  ...structures,
};

export function modelOf(operation: OperationName): OperationModel {
  return operations[operation];
}

export function shapeOf(name: string): Shape {
  const shape = shapes[name];
  if (shape === undefined) throw new TypeError(`The model has no shape "${name}"`);
  return shape;
}

type Shapes = typeof strings &
  typeof numbers &
  typeof values &
  typeof collections &
  typeof structures;

/** What a checked value of a shape is. */
export type ValueOf<Name> = Name extends keyof Shapes ? ValueOfShape<Shapes[Name]> : never;

type ValueOfShape<S> = S extends { readonly values: readonly (infer Value)[] }
  ? Value
  : S extends { readonly type: 'string' }
    ? string
    : S extends { readonly type: 'integer' | 'number' | 'timestamp' }
      ? number
      : S extends { readonly type: 'boolean' }
        ? boolean
        : S extends { readonly type: 'blob' }
          ? Uint8Array
          : S extends { readonly type: 'list'; readonly member: infer Member }
            ? readonly ValueOf<Member>[]
            : S extends { readonly type: 'map'; readonly value: infer Value }
              ? Readonly<Record<string, ValueOf<Value>>>
              : S extends { readonly type: 'structure'; readonly members: infer Members }
                ? StructureOf<Members, S>
                : never;

type StructureOf<Members, S> = {
  readonly [Name in Extract<keyof Members, RequiredOf<S>>]: ValueOf<Members[Name]>;
} & {
  readonly [Name in Exclude<keyof Members, RequiredOf<S>>]?: ValueOf<Members[Name]> | undefined;
};

type RequiredOf<S> = S extends { readonly required: readonly (infer Name)[] } ? Name : never;

type Operations = typeof operations;

type LabelsOf<O> = O extends { readonly labels: infer Labels } ? Labels : unknown;
type BodyOf<O> = O extends { readonly body: infer Body } ? Body : unknown;
type QueryOf<O> = O extends { readonly query: infer Query }
  ? { readonly [Name in keyof Query]: FirstOf<Query[Name]> }
  : unknown;
type HeadersOf<O> = O extends { readonly headers: infer Headers }
  ? { readonly [Name in keyof Headers]: FirstOf<Headers[Name]> }
  : unknown;
type FirstOf<Pair> = Pair extends readonly [infer First, unknown] ? First : never;

/** What an operation gets: decoded, checked against the model, PascalCase. */
export type InputOf<Name extends OperationName> = StructureOf<
  LabelsOf<Operations[Name]> &
    BodyOf<Operations[Name]> &
    QueryOf<Operations[Name]> &
    HeadersOf<Operations[Name]>,
  Operations[Name]
>;
