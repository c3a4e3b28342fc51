import type { MappingOptions } from '../sources/mapping-options.ts';
import type { FunctionUrlOptions } from '../sources/function-url-options.ts';
import { readMapping } from '../template/resources/mapping-resource.ts';
import { readUrl } from '../template/resources/url-resource.ts';
import type { Deployer } from './deployer.ts';

/** Makes a mapping, or brings the one of that source and function up to date. */
export const deployMapping: Deployer = async (stack, resource, properties) => {
  const { sourceArn, functionName, start, options } = readMapping(properties);
  const { lambda } = stack;
  if (!/^arn:[^:]+:(?:sqs|kinesis|dynamodb):/.test(sourceArn)) {
    throw properties.unknown('EventSourceArn', `${sourceArn} is not read here`);
  }
  const target = stack.functionAt(resource, functionName);
  const tuning = options as Omit<MappingOptions, 'source' | 'target'>;
  const existing = lambda.listMappings().find(({ info }) => {
    return info.sourceArn === sourceArn && info.functionArn === target.arn;
  });
  await existing?.update(tuning);
  const mapping =
    existing ??
    (await lambda.createMapping({
      source: sourceArn,
      target,
      ...tuning,
      ...(start as Pick<MappingOptions, 'startingPosition' | 'startingAtMs'>),
    }));
  const { id, arn } = mapping;
  return { ref: id, attributes: { Id: id, EventSourceMappingArn: arn }, object: mapping };
};

/** Makes a function URL, or brings the one that is there up to date. */
export const deployUrl: Deployer = async (stack, resource, properties) => {
  const planned = readUrl(properties);
  const fn = stack.functionAt(resource, planned.functionName);
  const { qualifier } = planned;
  const target = qualifier === undefined ? fn : fn.getAlias(qualifier);
  const options = planned.options as FunctionUrlOptions;
  const existing = target.getUrl();
  await existing?.update(options);
  const url = existing ?? (await target.createUrl(options));
  return {
    ref: target.arn,
    attributes: { FunctionArn: target.arn, FunctionUrl: url.url },
    object: url,
  };
};
