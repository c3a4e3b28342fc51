import { functionArn } from '../../core/arn.ts';
import type { AsyncConfigEntry } from '../../async/async-configs.ts';
import type { AsyncOptions, ResolvedDestination } from '../../async/async-options.ts';
import { notFound, type ApiError } from '../api-error.ts';
import type { ValueOf } from '../model/shapes.ts';
import { invalidParameter } from '../api-error.ts';
import type { Call, Group } from '../operation.ts';
import { pageOf } from '../pagination.ts';
import { needFunction, referenceOf, unqualifiedOf, type Reference } from '../references.ts';

type Names =
  | 'PutFunctionEventInvokeConfig'
  | 'UpdateFunctionEventInvokeConfig'
  | 'GetFunctionEventInvokeConfig'
  | 'ListFunctionEventInvokeConfigs'
  | 'DeleteFunctionEventInvokeConfig';

interface Settings {
  readonly MaximumRetryAttempts?: number | undefined;
  readonly MaximumEventAgeInSeconds?: number | undefined;
  readonly DestinationConfig?: ValueOf<'DestinationConfig'> | undefined;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html */
export const eventInvokeConfigOperations: Group<Names> = {
  async PutFunctionEventInvokeConfig(input, call) {
    const reference = referenceOf(call, input.FunctionName, input.Qualifier);
    needFunction(call, reference);
    return { json: await configure(call, reference, optionsOf(input)) };
  },

  async UpdateFunctionEventInvokeConfig(input, call) {
    const reference = referenceOf(call, input.FunctionName, input.Qualifier);
    needFunction(call, reference);
    const current = find(call, reference);
    return { json: await configure(call, reference, { ...givenOf(current), ...optionsOf(input) }) };
  },

  GetFunctionEventInvokeConfig(input, call) {
    const reference = referenceOf(call, input.FunctionName, input.Qualifier);
    needFunction(call, reference);
    return { json: shown(call, find(call, reference)) };
  },

  ListFunctionEventInvokeConfigs(input, call) {
    const { name } = unqualifiedOf(call, input.FunctionName);
    needFunction(call, { name, qualifier: undefined });
    const configs = call.rooms.road.configsOf(name);
    const { items, nextMarker } = pageOf(configs, ({ qualifier }) => qualifier, input);
    return {
      json: {
        FunctionEventInvokeConfigs: items.map((entry) => shown(call, entry)),
        NextMarker: nextMarker,
      },
    };
  },

  async DeleteFunctionEventInvokeConfig(input, call) {
    const reference = referenceOf(call, input.FunctionName, input.Qualifier);
    needFunction(call, reference);
    find(call, reference);
    const { store, road } = call.rooms;
    await road.reset(store.router.target(reference.name, reference.qualifier));
    return {};
  },
};

async function configure(
  call: Call,
  reference: Reference,
  options: AsyncOptions,
): Promise<Record<string, unknown>> {
  if (Object.keys(options).length === 0) {
    throw invalidParameter(
      'You must specify at least one of error handling or destination setting.',
    );
  }
  const { store, road } = call.rooms;
  await road.configure(store.router.target(reference.name, reference.qualifier), options);
  return shown(call, find(call, reference));
}

/** @throws {ApiError} when nothing was configured */
function find(call: Call, reference: Reference): AsyncConfigEntry {
  const { name, qualifier = '$LATEST' } = reference;
  const found = call.rooms.road.configOf(name, qualifier);
  if (found === undefined) throw missing(`${reference.arn}:${qualifier}`);
  return found;
}

function missing(arn: string): ApiError {
  return notFound(`The function ${arn} doesn't have an EventInvokeConfig`);
}

/** What a request sets. A destination without an ARN takes away what is there. */
function optionsOf(input: Settings): AsyncOptions {
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = input;
  const success = DestinationConfig?.OnSuccess?.Destination;
  const failure = DestinationConfig?.OnFailure?.Destination;
  return {
    ...(MaximumRetryAttempts !== undefined && { maxRetries: MaximumRetryAttempts }),
    ...(MaximumEventAgeInSeconds !== undefined && {
      maxEventAgeMs: MaximumEventAgeInSeconds * 1_000,
    }),
    ...(success !== undefined && success !== '' && { onSuccess: success }),
    ...(failure !== undefined && failure !== '' && { onFailure: failure }),
  };
}

/** What was set before, without defaults. */
function givenOf({ options }: AsyncConfigEntry): AsyncOptions {
  const { given, maxRetries, maxEventAgeMs, onSuccess, onFailure } = options;
  return {
    ...(given.includes('maxRetries') && { maxRetries }),
    ...(given.includes('maxEventAgeMs') && { maxEventAgeMs }),
    ...(onSuccess !== undefined && { onSuccess: optionOf(onSuccess) }),
    ...(onFailure !== undefined && { onFailure: optionOf(onFailure) }),
  };
}

function optionOf(destination: ResolvedDestination): NonNullable<AsyncOptions['onSuccess']> {
  return destination.kind === 'arn' ? destination.arn : destination.callback;
}

function shown(call: Call, entry: AsyncConfigEntry): Record<string, unknown> {
  const { functionName, qualifier, options, changedAtMs } = entry;
  const { given, maxRetries, maxEventAgeMs, onSuccess, onFailure } = options;
  return {
    LastModified: changedAtMs / 1_000,
    FunctionArn: functionArn(call.rooms.options.home, functionName, qualifier),
    ...(given.includes('maxRetries') && { MaximumRetryAttempts: maxRetries }),
    ...(given.includes('maxEventAgeMs') && { MaximumEventAgeInSeconds: maxEventAgeMs / 1_000 }),
    DestinationConfig: {
      OnSuccess: shownDestination(onSuccess),
      OnFailure: shownDestination(onFailure),
    },
  };
}

/** A callback of this process has no ARN; the API shows that there is something. */
function shownDestination(destination: ResolvedDestination | undefined): Record<string, string> {
  if (destination === undefined) return {};
  return { Destination: destination.kind === 'arn' ? destination.arn : 'callback' };
}
