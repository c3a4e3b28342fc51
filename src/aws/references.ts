import { functionArn, parseFunctionArn, type Home } from '../core/arn.ts';
import type { FunctionRecord, FunctionVersionRecord } from '../functions/function-record.ts';
import type { Target } from '../functions/routing.ts';
import { ApiError, invalidParameter, notFound } from './api-error.ts';
import type { Call } from './operation.ts';

/** A function as a request names it. */
export interface Reference {
  readonly name: string;
  /** Only what the caller wrote. */
  readonly qualifier: string | undefined;
  /** Unqualified. */
  readonly arn: string;
}

/**
 * Reads a function reference, with the qualifier that may stand beside it, and says what AWS says about functions
 * of other regions and accounts. Nothing is looked up.
 */
export function referenceOf(call: Call, text: string, beside?: string): Reference {
  const { home } = call.rooms.options;
  const { name, qualifier } = partsOf(text, home);
  const given = beside === '' ? undefined : beside;
  if (qualifier !== undefined && given !== undefined && qualifier !== given) {
    throw invalidParameter(
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  }
  if (name.length > 64) {
    throw invalidParameter(
      `1 validation error detected: Value '${name}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64`,
    );
  }
  return { name, qualifier: qualifier ?? given, arn: functionArn(home, name) };
}

/** As `referenceOf`, for operations on the function as a whole. */
export function unqualifiedOf(call: Call, text: string): Reference {
  const reference = referenceOf(call, text);
  if (reference.qualifier === undefined || reference.qualifier === '$LATEST') return reference;
  throw invalidParameter('This operation does not support a function with qualifier.');
}

function partsOf(text: string, home: Home): { name: string; qualifier: string | undefined } {
  const parts = splitReference(text);
  if (parts === undefined) throw invalidParameter(`Invalid function name: ${text}`);
  checkPlace(parts.region ?? home.region, parts.accountId ?? home.accountId, home);
  // One function has one ARN: policies would not know it by another.
  if ((parts.partition ?? home.partition) !== home.partition) {
    throw notFound(`Function not found: ${text}`);
  }
  return parts;
}

/** A reference taken apart; what stands for itself is undefined. */
export interface ReferenceParts {
  readonly partition?: string | undefined;
  readonly region?: string | undefined;
  readonly accountId?: string | undefined;
  readonly name: string;
  readonly qualifier: string | undefined;
}

/** A full or partial ARN, `[[region:]account:]function:name[:qualifier]`, or the name alone. */
export function splitReference(text: string): ReferenceParts | undefined {
  const arn = parseFunctionArn(text);
  if (arn !== undefined) return arn;
  const match =
    /^(?:(?:([a-z]+(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?function:)?([\w-]+)(?::(\$LATEST(?:\.PUBLISHED)?|[\w-]+))?$/.exec(
      text,
    );
  if (match === null) return undefined;
  const [, region, accountId, name = '', qualifier] = match;
  return { region, accountId, name, qualifier };
}

function checkPlace(region: string, accountId: string, home: Home): void {
  if (region !== home.region) {
    throw notFound(
      `Functions from '${region}' are not reachable in this region ('${home.region}')`,
    );
  }
  // As recorded: the answer has no text.
  if (accountId !== home.accountId) throw new ApiError(403, 'AccessDeniedException', '');
}

/** What a reference stands for; `pick` throws when there is no such function, version or alias. */
export function targetOf(call: Call, text: string, beside?: string): Target {
  const { name, qualifier } = referenceOf(call, text, beside);
  return call.rooms.store.router.target(name, qualifier);
}

/** The version that a reference stands for; for an alias the one that it sends requests to first. */
export function versionOf(call: Call, { name, qualifier }: Reference): FunctionVersionRecord {
  const { store } = call.rooms;
  needFunction(call, { name, qualifier });
  return store.versions.get(name, qualifier ?? '$LATEST');
}

/** A function by its plain name. @throws {ApiError} when there is none */
export function recordOf(call: Call, name: string): FunctionRecord {
  const record = call.rooms.store.find(name);
  if (record !== undefined) return record;
  throw notFound(`Function not found: ${functionArn(call.rooms.options.home, name)}`);
}

/** @throws {ApiError} "Function not found", with the qualifier in the ARN if the caller wrote one */
export function needFunction(
  call: Call,
  { name, qualifier }: { readonly name: string; readonly qualifier: string | undefined },
): void {
  if (call.rooms.store.has(name, qualifier)) return;
  const arn = functionArn(call.rooms.options.home, name, qualifier);
  throw notFound(`Function not found: ${arn}`);
}
