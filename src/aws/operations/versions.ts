import { functionConfiguration } from '../function-configuration.ts';
import type { Group } from '../operation.ts';
import { pageOf } from '../pagination.ts';
import { recordOf, unqualifiedOf } from '../references.ts';
import { invalidParameter } from '../api-error.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html */
export const versionOperations: Group<'PublishVersion' | 'ListVersionsByFunction'> = {
  async PublishVersion(input, call) {
    const { name, arn } = unqualifiedOf(call, input.FunctionName);
    const { settings } = recordOf(call, name);
    if (input.PublishTo !== undefined) {
      throw invalidParameter(
        'PublishTo is for functions on managed instances, which isolambda does not have.',
      );
    }
    const { store, control } = call.rooms;
    call.states.checkChangeable(store.versions.get(name, '$LATEST').arn, arn);
    const known = new Set(store.versions.list(name).map((version) => version.version));
    const published = await control.publish(name, {
      ...(input.CodeSha256 !== undefined && { codeSha256: input.CodeSha256 }),
      ...(input.Description !== undefined && { description: input.Description }),
      ...(input.RevisionId !== undefined && { revisionId: input.RevisionId }),
    });
    const state = known.has(published.version)
      ? call.states.stateOf(published.arn)
      : call.states.created(published.arn);
    return { json: functionConfiguration(call, published, settings, published.arn, state) };
  },

  ListVersionsByFunction(input, call) {
    const { name } = unqualifiedOf(call, input.FunctionName);
    const { settings } = recordOf(call, name);
    const { store } = call.rooms;
    const { items, nextMarker } = pageOf(store.versions.list(name), ({ arn }) => arn, input);
    return {
      json: {
        NextMarker: nextMarker,
        Versions: items.map((version) =>
          functionConfiguration(call, version, settings, version.arn),
        ),
      },
    };
  },
};
