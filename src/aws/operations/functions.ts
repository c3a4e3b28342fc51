import type { FunctionVersionRecord } from '../../functions/function-record.ts';
import { invalidParameter } from '../api-error.ts';
import { functionConfiguration } from '../function-configuration.ts';
import { codeSource, configurationChanges, functionOptions } from '../function-input.ts';
import type { ShownState } from '../function-states.ts';
import type { Call, Group } from '../operation.ts';
import { functionPackageLink } from '../package-links.ts';
import { pageOf } from '../pagination.ts';
import {
  needFunction,
  recordOf,
  referenceOf,
  unqualifiedOf,
  versionOf,
  type Reference,
} from '../references.ts';

type Names =
  | 'CreateFunction'
  | 'GetFunction'
  | 'GetFunctionConfiguration'
  | 'ListFunctions'
  | 'UpdateFunctionCode'
  | 'UpdateFunctionConfiguration'
  | 'DeleteFunction';

/** https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html */
export const functionOperations: Group<Names> = {
  async CreateFunction(input, call) {
    const { name } = unqualifiedOf(call, input.FunctionName);
    await call.rooms.control.create(functionOptions(input, name));
    const record = recordOf(call, name);
    const state = call.states.created(record.latest.arn);
    if (input.Publish !== true) return { json: shown(call, record.latest, record.arn, state) };
    const published = await call.rooms.control.publish(name, undefined);
    call.states.created(published.arn);
    return { json: shown(call, published, published.arn, state) };
  },

  async GetFunction(input, call) {
    const reference = referenceOf(call, input.FunctionName, input.Qualifier);
    const version = versionOf(call, reference);
    const { settings } = recordOf(call, reference.name);
    return {
      json: {
        Configuration: describe(call, reference),
        Code: {
          RepositoryType: 'S3',
          Location: functionPackageLink(call, reference.name, version.version),
          ...(version.config.sourceKmsKeyArn !== null && {
            SourceKMSKeyArn: version.config.sourceKmsKeyArn,
          }),
        },
        ...(Object.keys(settings.tags).length > 0 && { Tags: settings.tags }),
        ...(settings.reservedConcurrency !== null && {
          Concurrency: { ReservedConcurrentExecutions: settings.reservedConcurrency },
        }),
      },
    };
  },

  GetFunctionConfiguration(input, call) {
    return { json: describe(call, referenceOf(call, input.FunctionName, input.Qualifier)) };
  },

  ListFunctions(input, call) {
    const { store, options } = call.rooms;
    const region = input.MasterRegion ?? 'ALL';
    // Replicas of Lambda@Edge are all that a region could have of another; there are none.
    const functions = region === 'ALL' || region === options.home.region ? store.list() : [];
    const versions = functions.flatMap(({ name, latest }) =>
      input.FunctionVersion === 'ALL' ? store.versions.list(name) : [latest],
    );
    const { items, nextMarker } = pageOf(versions, ({ arn }) => arn, input);
    const isAll = input.FunctionVersion === 'ALL';
    return {
      json: {
        NextMarker: nextMarker,
        Functions: items.map((version) => listed(call, version, isAll)),
      },
    };
  },

  async UpdateFunctionCode(input, call) {
    const reference = unqualifiedOf(call, input.FunctionName);
    const { name, arn } = reference;
    const { latest } = recordOf(call, name);
    call.states.checkChangeable(latest.arn, arn);
    const {
      FunctionName: _name,
      RevisionId,
      DryRun,
      Publish,
      PublishTo: _to,
      Architectures,
      SourceKMSKeyArn,
      ...code
    } = input;
    const changes = {
      code: codeSource(code),
      ...(Architectures !== undefined && { architectures: Architectures }),
      ...(SourceKMSKeyArn !== undefined && { sourceKmsKeyArn: SourceKMSKeyArn }),
    } as Parameters<typeof call.rooms.control.update>[1];
    const revision = RevisionId === undefined ? {} : { revisionId: RevisionId };
    if (DryRun === true) {
      const dry = await call.rooms.store.rehearseUpdate(name, changes, revision);
      return { json: shown(call, dry, arn, call.states.stateOf(latest.arn)) };
    }
    await call.rooms.control.update(name, changes, revision);
    const updated = recordOf(call, name).latest;
    const state = call.states.updated(updated.arn);
    if (Publish !== true) return { json: shown(call, updated, arn, state) };
    const published = await call.rooms.control.publish(name, undefined);
    return { json: shown(call, published, published.arn, call.states.created(published.arn)) };
  },

  async UpdateFunctionConfiguration(input, call) {
    const reference = unqualifiedOf(call, input.FunctionName);
    const { name, arn } = reference;
    const { latest } = recordOf(call, name);
    call.states.checkChangeable(latest.arn, arn);
    const { FunctionName: _name, RevisionId, ...configuration } = input;
    const revision = RevisionId === undefined ? {} : { revisionId: RevisionId };
    await call.rooms.control.update(name, configurationChanges(configuration), revision);
    const updated = recordOf(call, name).latest;
    return { json: shown(call, updated, arn, call.states.updated(updated.arn)) };
  },

  async DeleteFunction(input, call) {
    const reference = referenceOf(call, input.FunctionName, input.Qualifier);
    const { name, qualifier } = reference;
    needFunction(call, { name, qualifier: undefined });
    if (qualifier === undefined) {
      await call.rooms.control.delete(name);
    } else if (/^(?:\d+|\$LATEST)$/.test(qualifier)) {
      await call.rooms.control.deleteVersion(name, qualifier);
    } else {
      throw invalidParameter('Deletion of functions using an Alias is not currently supported.');
    }
    // As recorded; the model says 200.
    return { status: 204 };
  },
};

/** A version as GetFunction and GetFunctionConfiguration show it, under the ARN that was asked for. */
function describe(call: Call, reference: Reference): Record<string, unknown> {
  const version = versionOf(call, reference);
  const { name, qualifier, arn } = reference;
  const { settings } = recordOf(call, name);
  const asked = qualifier === undefined ? arn : `${arn}:${qualifier}`;
  return functionConfiguration(call, version, settings, asked, call.states.stateOf(version.arn));
}

function shown(
  call: Call,
  version: FunctionVersionRecord,
  arn: string,
  state: ShownState,
): Record<string, unknown> {
  const { settings } = recordOf(call, version.functionName);
  return functionConfiguration(call, version, settings, arn, state);
}

/** Lists leave the states out. */
function listed(
  call: Call,
  version: FunctionVersionRecord,
  isQualified: boolean,
): Record<string, unknown> {
  const { settings, arn } = recordOf(call, version.functionName);
  return functionConfiguration(call, version, settings, isQualified ? version.arn : arn);
}
