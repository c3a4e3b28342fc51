import type * as testing from '../../testing/index.ts';
import type { EventOrigin } from '../../testing/index.ts';
import type { OptionSpec } from './option-specs.ts';

export type Builders = typeof testing;

/** Values of options by name, as their readers made them. */
// The specs of each kind are checked against the builder's options; the builder checks the values.
// eslint-disable-next-line typescript/no-explicit-any
export type Values = Readonly<Record<string, any>>;

/** One event that a service sends. */
export interface EventKind {
  readonly summary: string;
  /** By the name of the builder's option. */
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly build: (builders: Builders, values: Values, origin: EventOrigin) => unknown;
}

/** Events by service and name. */
export type ServiceKinds = Readonly<Record<string, Readonly<Record<string, EventKind>>>>;

/** The values that belong to these options, without those that nobody gave. */
export function picked(values: Values, options: object): Values {
  const names = Object.keys(options).filter((name) => values[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, values[name] as unknown]));
}
