import { isRuntime } from '../functions/runtimes.ts';
import type { FunctionOptions } from '../functions/function-options.ts';
import type { PublishLayerOptions } from '../functions/layer-options.ts';
import type { LambdaFunction } from '../lambda-function.ts';
import { roomsOf } from '../lambda-rooms.ts';
import { readFunction, type PlannedFunction } from '../template/resources/function-resource.ts';
import {
  readAlias,
  readAsync,
  readLayer,
  readVersion,
} from '../template/resources/version-resources.ts';
import type { Properties } from '../template/properties.ts';
import type { TemplateResource } from '../template/template-resource.ts';
import { codeSource, layerSource } from './code-source.ts';
import type { Deployer } from './deployer.ts';
import type { Stack } from './stack.ts';

const functionName = { maxLength: 64 };

/** Makes a function, or brings the one of that name up to date. */
export const deployFunction: Deployer = async (stack, resource, properties) => {
  const planned = readFunction(properties, resource.metadata);
  const name = planned.name ?? stack.nameOf(resource, functionName);
  const options = await optionsOf(stack, resource, properties, planned);
  const existing = stack.lambda.getFunction(name);
  const made = existing ?? (await stack.lambda.createFunction({ name, ...options }));
  if (existing !== undefined) await existing.update(options);
  return { ref: name, attributes: { Arn: made.arn }, object: made };
};

/** Brings code and layers of a function up to date; what else was changed since stays. */
export const refreshCode: Deployer = async (stack, resource, properties) => {
  const planned = readFunction(properties, resource.metadata);
  const name = planned.name ?? stack.nameOf(resource, functionName);
  const fn = stack.functionAt(resource, name);
  const { code, layers = [] } = await optionsOf(stack, resource, properties, planned);
  await fn.update({ code, layers });
  return { ref: name, attributes: { Arn: fn.arn }, object: fn };
};

/** All options of a function but its name. */
async function optionsOf(
  stack: Stack,
  resource: TemplateResource,
  properties: Properties,
  planned: PlannedFunction,
): Promise<Omit<FunctionOptions, 'name'>> {
  const { settings, handler, deadLetterArn } = planned;
  const runtime = runtimeOf(properties, planned.runtime);
  return {
    ...(settings as Omit<FunctionOptions, 'name' | 'code'>),
    code: await codeSource(stack, resource, planned.code, handler),
    handler,
    layers: knownLayers(stack, properties, planned.layers),
    ...(runtime !== undefined && { runtime }),
    ...(deadLetterArn !== undefined && { deadLetter: deadLetterArn }),
  };
}

/** Functions of other languages are left out; other lines of Node become the nearest that is here. */
function runtimeOf(
  properties: Properties,
  runtime: string | undefined,
): FunctionOptions['runtime'] {
  if (runtime === undefined || isRuntime(runtime)) return runtime;
  if (/^nodejs\d+\.x$/.test(runtime)) {
    const nearest =
      Number.parseInt(runtime.slice('nodejs'.length), 10) < 20 ? 'nodejs20.x' : 'nodejs24.x';
    properties.warn('Runtime', `${runtime} is not here; the function runs as ${nearest}`);
    return nearest;
  }
  throw properties.unknown('Runtime', `the runtime ${runtime} is not run here, only Node.js is`);
}

/** Layers of other accounts cannot be read. */
function knownLayers(stack: Stack, properties: Properties, arns: readonly string[]): string[] {
  const { layers } = roomsOf(stack.lambda).store;
  return arns.filter((arn) => {
    if (layers.get(arn) !== undefined) return true;
    properties.warn('Layers', `Left out: the layer ${arn} is not here`);
    return false;
  });
}

export const deployLayer: Deployer = async (stack, resource, properties) => {
  const { name, description, content, info } = readLayer(properties, resource.metadata);
  const layer = await stack.lambda.publishLayer({
    name: name ?? stack.nameOf(resource, { maxLength: 140 }),
    code: await layerSource(stack, resource, content),
    ...(description !== undefined && { description }),
    ...(info as Pick<PublishLayerOptions, 'compatibleRuntimes' | 'compatibleArchitectures'>),
  });
  return { ref: layer.arn, attributes: { LayerVersionArn: layer.arn }, object: layer };
};

export const deployVersion: Deployer = async (stack, resource, properties) => {
  const { functionName: reference, description, provisioned } = readVersion(properties);
  const made = await stack
    .functionAt(resource, reference)
    .publishVersion(description === undefined ? {} : { description });
  if (provisioned !== undefined) await made.provision(provisioned);
  return {
    ref: made.arn,
    attributes: { Version: made.version, FunctionArn: made.arn },
    object: made,
  };
};

export const deployAlias: Deployer = async (stack, resource, properties) => {
  const { functionName: reference, name, options, provisioned } = readAlias(properties);
  const fn = stack.functionAt(resource, reference);
  const made = hasAlias(fn, name)
    ? await fn.updateAlias(name, options)
    : await fn.createAlias(name, options);
  if (provisioned !== undefined) await made.provision(provisioned);
  return { ref: made.arn, attributes: { AliasArn: made.arn }, object: made };
};

function hasAlias(fn: LambdaFunction, name: string): boolean {
  return fn.listAliases().some((alias) => alias.name === name);
}

export const deployEventInvokeConfig: Deployer = async (stack, resource, properties) => {
  const { functionName: reference, qualifier, options } = readAsync(properties);
  const fn = stack.functionAt(resource, reference);
  const target =
    qualifier === '$LATEST' ? fn : stack.functionAt(resource, `${fn.name}:${qualifier}`);
  await target.configureAsync(options);
  return { ref: `${fn.name}:${qualifier}`, attributes: {} };
};
