import { functionArn, parseFunctionReference } from '../core/arn.ts';
import { FunctionNotFoundError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { versionOf, type FunctionDirectory, type FunctionEntry } from './directory.ts';
import { latestVersion, type FunctionVersionRecord } from './function-record.ts';

/** The version that one request runs on; frozen and shared between requests. */
export interface ResolvedTarget {
  readonly version: FunctionVersionRecord;
  /** As the caller asked: with a qualifier only if there was one. The handler sees it in its context. */
  readonly invokedArn: string;
  /** Name of the alias that led here. */
  readonly alias: string | undefined;
}

/** Where requests to one function and qualifier go. */
export type Route =
  | { readonly kind: 'fixed'; readonly target: ResolvedTarget }
  | {
      readonly kind: 'weighted';
      readonly primary: ResolvedTarget;
      readonly additional: ResolvedTarget;
      /** Share of the requests that go to `additional`, 0 to 1. */
      readonly weight: number;
    };

/** Decides where a qualifier leads; undefined when it leads nowhere. */
export function routeOf(entry: FunctionEntry, qualifier: string | undefined): Route | undefined {
  const alias = qualifier === undefined ? undefined : entry.aliases.get(qualifier);
  const version = versionOf(entry, alias?.version ?? qualifier ?? latestVersion);
  if (version === undefined) return undefined;

  const invokedArn = qualifier === undefined ? entry.arn : `${entry.arn}:${qualifier}`;
  const primary = Object.freeze({ version, invokedArn, alias: alias?.name });
  const [other] = Object.entries(alias?.weights ?? {});
  if (other === undefined) return { kind: 'fixed', target: primary };

  const [otherVersion, weight] = other;
  const additional = versionOf(entry, otherVersion);
  if (additional === undefined) return undefined;
  return {
    kind: 'weighted',
    primary,
    additional: Object.freeze({ ...primary, version: additional }),
    weight,
  };
}

/** Picks the version for one request; `draw` is in [0, 1) and new for each. */
function pickWeighted(route: Extract<Route, { kind: 'weighted' }>, draw: number): ResolvedTarget {
  return draw < route.weight ? route.additional : route.primary;
}

/**
 * A function and qualifier that is resolved once and stays right: `pick` compares one number and only
 * looks again after the control plane has changed. It may name a function that does not exist yet.
 */
export class Target {
  readonly functionName: string;
  readonly qualifier: string | undefined;
  readonly #directory: FunctionDirectory;
  readonly #random: Random;
  #route: Route | undefined;
  #generation = -1;

  constructor(
    directory: FunctionDirectory,
    random: Random,
    named: { readonly name: string; readonly qualifier: string | undefined },
  ) {
    this.functionName = named.name;
    this.qualifier = named.qualifier;
    this.#directory = directory;
    this.#random = random;
  }

  /** The version for one request; throws `FunctionNotFoundError` when there is none any more. */
  pick(): ResolvedTarget {
    if (this.#generation !== this.#directory.generation) {
      const entry = this.#directory.find(this.functionName);
      this.#route = entry && routeOf(entry, this.qualifier);
      this.#generation = this.#directory.generation;
    }
    const route = this.#route;
    if (route === undefined) throw this.#notFound();
    return route.kind === 'fixed' ? route.target : pickWeighted(route, this.#random());
  }

  #notFound(): FunctionNotFoundError {
    // AWS names `$LATEST` here even though the caller did not.
    const qualifier = this.qualifier ?? latestVersion;
    const arn = functionArn(this.#directory.home, this.functionName, qualifier);
    return new FunctionNotFoundError(arn, `Function not found: ${arn}`);
  }
}

/** Leads references to versions. */
export class Router {
  readonly #directory: FunctionDirectory;
  readonly #random: Random;

  constructor(directory: FunctionDirectory, random: Random) {
    this.#directory = directory;
    this.#random = random;
  }

  /** Reads a reference once, for callers who invoke it many times. */
  target(reference: string, qualifier?: string): Target {
    const { home } = this.#directory;
    const named = parseFunctionReference(reference, home, { qualifier });
    return new Target(this.#directory, this.#random, named);
  }

  /** Resolves one request. */
  resolveTarget(reference: string, qualifier?: string): ResolvedTarget {
    return this.target(reference, qualifier).pick();
  }
}
