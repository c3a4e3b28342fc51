import { CodeSigningConfigNotFoundError } from '../../functions/code-signing-errors.ts';
import type {
  CodeSigningChanges,
  CodeSigningConfig,
} from '../../functions/code-signing-options.ts';
import { notFound } from '../api-error.ts';
import { awsTime } from '../function-configuration.ts';
import type { InputOf } from '../model/shapes.ts';
import type { Call, Group } from '../operation.ts';
import { pageOf } from '../pagination.ts';
import { recordOf, unqualifiedOf } from '../references.ts';

type Names =
  | 'CreateCodeSigningConfig'
  | 'GetCodeSigningConfig'
  | 'UpdateCodeSigningConfig'
  | 'DeleteCodeSigningConfig'
  | 'ListCodeSigningConfigs'
  | 'ListFunctionsByCodeSigningConfig'
  | 'PutFunctionCodeSigningConfig'
  | 'GetFunctionCodeSigningConfig'
  | 'DeleteFunctionCodeSigningConfig';

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html */
export const codeSigningOperations: Group<Names> = {
  async CreateCodeSigningConfig(input, call) {
    const { SigningProfileVersionArns: allowedPublishers } = input.AllowedPublishers;
    const config = await call.rooms.store.codeSigning.create({
      ...changesOf(input),
      allowedPublishers,
      ...(input.Tags !== undefined && { tags: input.Tags }),
    });
    return { json: { CodeSigningConfig: shown(config) } };
  },

  GetCodeSigningConfig(input, call) {
    return {
      json: { CodeSigningConfig: shown(needCodeSigning(call, input.CodeSigningConfigArn)) },
    };
  },

  async UpdateCodeSigningConfig(input, call) {
    const { arn } = needCodeSigning(call, input.CodeSigningConfigArn);
    const config = await call.rooms.store.codeSigning.update(arn, changesOf(input));
    return { json: { CodeSigningConfig: shown(config) } };
  },

  async DeleteCodeSigningConfig(input, call) {
    await call.rooms.store.codeSigning.delete(input.CodeSigningConfigArn);
    return {};
  },

  ListCodeSigningConfigs(input, call) {
    const configs = call.rooms.store.codeSigning.list();
    const { items, nextMarker } = pageOf(configs, ({ id }) => id, input);
    return { json: { NextMarker: nextMarker, CodeSigningConfigs: items.map(shown) } };
  },

  ListFunctionsByCodeSigningConfig(input, call) {
    const arns = call.rooms.store.codeSigning.functionsOf(input.CodeSigningConfigArn);
    const { items, nextMarker } = pageOf(arns, (arn) => arn, input);
    return { json: { NextMarker: nextMarker, FunctionArns: items } };
  },

  async PutFunctionCodeSigningConfig(input, call) {
    const { CodeSigningConfigArn: arn } = input;
    const { name } = unqualifiedOf(call, input.FunctionName);
    if (call.rooms.store.codeSigning.get(arn) === undefined) {
      throw new CodeSigningConfigNotFoundError(arn);
    }
    recordOf(call, name);
    await call.rooms.control.update(name, { codeSigningConfigArn: arn });
    return { json: attached(call, name) };
  },

  GetFunctionCodeSigningConfig(input, call) {
    const { name } = unqualifiedOf(call, input.FunctionName);
    return { json: attached(call, name) };
  },

  async DeleteFunctionCodeSigningConfig(input, call) {
    const { name } = unqualifiedOf(call, input.FunctionName);
    recordOf(call, name);
    await call.rooms.control.update(name, { codeSigningConfigArn: null });
    return {};
  },
};

function changesOf(
  input: Partial<InputOf<'CreateCodeSigningConfig'>> | InputOf<'UpdateCodeSigningConfig'>,
): CodeSigningChanges {
  const { Description, AllowedPublishers, CodeSigningPolicies } = input;
  const policy = CodeSigningPolicies?.UntrustedArtifactOnDeployment;
  return {
    ...(Description !== undefined && { description: Description }),
    ...(AllowedPublishers !== undefined && {
      allowedPublishers: AllowedPublishers.SigningProfileVersionArns,
    }),
    ...(policy !== undefined && { untrustedArtifactOnDeployment: policy }),
  };
}

/** @throws {ApiError} when there is none of that ARN */
export function needCodeSigning({ rooms }: Call, arn: string): CodeSigningConfig {
  const config = rooms.store.codeSigning.get(arn);
  if (config !== undefined) return config;
  throw notFound(`The Lambda code signing configuration ${arn} can not be found.`);
}

/** Of a function that has none, AWS shows nothing. */
function attached(call: Call, name: string): Record<string, unknown> {
  const { codeSigningConfigArn } = recordOf(call, name).settings;
  if (codeSigningConfigArn === null) return {};
  return { CodeSigningConfigArn: codeSigningConfigArn, FunctionName: name };
}

function shown(config: CodeSigningConfig): Record<string, unknown> {
  return {
    CodeSigningConfigId: config.id,
    CodeSigningConfigArn: config.arn,
    Description: config.description,
    AllowedPublishers: { SigningProfileVersionArns: config.allowedPublishers },
    CodeSigningPolicies: { UntrustedArtifactOnDeployment: config.untrustedArtifactOnDeployment },
    LastModified: awsTime(config.lastModified),
  };
}
