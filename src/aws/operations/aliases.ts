import type { AliasChanges, AliasRecord } from '../../functions/aliases.ts';
import type { ValueOf } from '../model/shapes.ts';
import type { Group } from '../operation.ts';
import { pageOf } from '../pagination.ts';
import { needFunction, unqualifiedOf } from '../references.ts';

type Names = 'CreateAlias' | 'GetAlias' | 'ListAliases' | 'UpdateAlias' | 'DeleteAlias';

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html */
export const aliasOperations: Group<Names> = {
  async CreateAlias(input, call) {
    const { name } = unqualifiedOf(call, input.FunctionName);
    needFunction(call, { name, qualifier: undefined });
    const alias = await call.rooms.control.createAlias(name, input.Name, {
      version: input.FunctionVersion,
      ...changesOf(input),
    });
    return { json: shown(alias) };
  },

  GetAlias(input, call) {
    const { name } = unqualifiedOf(call, input.FunctionName);
    needFunction(call, { name, qualifier: undefined });
    return { json: shown(call.rooms.store.aliases.get(name, input.Name)) };
  },

  ListAliases(input, call) {
    const { name } = unqualifiedOf(call, input.FunctionName);
    needFunction(call, { name, qualifier: undefined });
    const version = input.FunctionVersion === undefined ? {} : { version: input.FunctionVersion };
    const aliases = call.rooms.store.aliases.list(name, version);
    const { items, nextMarker } = pageOf(aliases, (alias) => alias.name, input);
    return { json: { NextMarker: nextMarker, Aliases: items.map(shown) } };
  },

  async UpdateAlias(input, call) {
    const { name } = unqualifiedOf(call, input.FunctionName);
    needFunction(call, { name, qualifier: undefined });
    const alias = await call.rooms.control.updateAlias(name, input.Name, {
      ...changesOf(input),
      ...(input.FunctionVersion !== undefined && { version: input.FunctionVersion }),
      ...(input.RevisionId !== undefined && { revisionId: input.RevisionId }),
    });
    return { json: shown(alias) };
  },

  async DeleteAlias(input, call) {
    const { name } = unqualifiedOf(call, input.FunctionName);
    needFunction(call, { name, qualifier: undefined });
    await call.rooms.control.deleteAlias(name, input.Name);
    return {};
  },
};

interface AliasInput {
  readonly Description?: string | undefined;
  readonly RoutingConfig?: ValueOf<'AliasRoutingConfiguration'> | undefined;
}

/** An empty routing configuration, or one with no weights in it, ends weighted routing. */
function changesOf({ Description, RoutingConfig }: AliasInput): AliasChanges {
  return {
    ...(Description !== undefined && { description: Description }),
    ...(RoutingConfig !== undefined && { weights: RoutingConfig.AdditionalVersionWeights ?? {} }),
  };
}

function shown(alias: AliasRecord): Record<string, unknown> {
  return {
    AliasArn: alias.arn,
    Name: alias.name,
    FunctionVersion: alias.version,
    Description: alias.description,
    ...(Object.keys(alias.weights).length > 0 && {
      RoutingConfig: { AdditionalVersionWeights: alias.weights },
    }),
    RevisionId: alias.revisionId,
  };
}
