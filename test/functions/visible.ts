import type { FunctionVersionRecord } from '../../src/functions/function-record.ts';
import type { FunctionStore } from '../../src/functions/store.ts';
import type { StateStore } from '../../src/storage/state-store.ts';
import { arnOf, controlPlane } from './control-plane.ts';

/** A second store on the storage of a first one, as after a restart. */
export async function restored(state: StateStore): Promise<FunctionStore> {
  const { store } = controlPlane({ state });
  await store.restore();
  return store;
}

/** All that anybody can see of a store, as plain data. */
export function visible(store: FunctionStore): object {
  return {
    functions: store.list().map(({ name, arn, settings }) => ({
      name,
      arn,
      settings,
      versions: store.versions.list(name).map(visibleVersion),
      runtimes: store.versions
        .list(name)
        .map(({ version }) => store.runtimeManagement.get(name, version)),
      aliases: store.aliases.list(name),
    })),
    usage: store.codeUsage(),
    codeSigning: store.codeSigning.list().toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    layers: ['fonts', 'tools'].flatMap((name) =>
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((number) =>
        store.layers.get(arnOf('').replace('function:', `layer:${name}:${number}`)),
      ),
    ),
  };
}

function visibleVersion({ code, ...record }: FunctionVersionRecord): object {
  const { codeSha256, codeSize, layers } = code;
  return { ...record, code: { codeSha256, codeSize, layers } };
}
