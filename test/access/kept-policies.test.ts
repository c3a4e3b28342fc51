import { describe, expect, test } from 'vitest';
import type { PolicyStatement } from '../../src/access/policy-document.ts';
import { ResourcePolicies } from '../../src/access/resource-policies.ts';
import { resolveHome } from '../../src/core/arn.ts';
import { ClosedError, FunctionNotFoundError } from '../../src/core/errors.ts';
import { SeededIds } from '../../src/core/ids.ts';
import { seededRandom } from '../../src/core/random.ts';
import { StateError } from '../../src/functions/state-document.ts';
import { KeptState } from '../functions/kept-state.ts';

const home = resolveHome({ region: 'us-east-1', accountId: '123456789012' });
const arn = 'arn:aws:lambda:us-east-1:123456789012:function:orders';

function policiesOn(state: KeptState, missing = new Set<string>()): ResourcePolicies {
  const checkExists = (name: string): void => {
    if (missing.has(name)) throw new FunctionNotFoundError(name, `Function not found: ${name}`);
  };
  return new ResourcePolicies({ home, ids: new SeededIds(seededRandom(1)), checkExists, state });
}

function statement(sid: string): PolicyStatement {
  const principal = { Service: 's3.amazonaws.com' };
  return { Sid: sid, Effect: 'Allow', Principal: principal, Action: 'lambda:*', Resource: arn };
}

async function restored(state: KeptState, isThere = () => true): Promise<ResourcePolicies> {
  const policies = policiesOn(state);
  await policies.restore(isThere);
  return policies;
}

describe('policies in a storage', () => {
  test('are what they were after a restart', async () => {
    const state = new KeptState();
    const policies = policiesOn(state);
    await policies.add(arn, statement('one'));
    await policies.add(arn, statement('two'));
    await policies.add(`${arn}:live`, statement('one'));
    await policies.remove(`${arn}:live`, 'one');
    const again = await restored(state);
    const { document, revisionId } = policies.find(arn)!;
    expect(again.find(arn)).toMatchObject({ document, revisionId });
    expect(again.find(`${arn}:live`)).toBeUndefined();
  });

  test('of functions that are gone are removed', async () => {
    const state = new KeptState();
    await policiesOn(state).add(arn, statement('one'));
    expect((await restored(state, () => false)).find(arn)).toBeUndefined();
    expect(await state.list('policy/')).toEqual([]);
  });

  test('go with their function, those of its versions and aliases too, and of no other', async () => {
    const state = new KeptState();
    const policies = policiesOn(state);
    const all = [arn, `${arn}:1`, `${arn}:live`, `${arn}-eu`];
    for (const name of all) await policies.add(name, statement('one'));
    policies.deleted('orders');
    expect(all.filter((name) => policies.find(name) !== undefined)).toEqual([`${arn}-eu`]);
    await policies.close();
    const again = await restored(state);
    expect(all.filter((name) => again.find(name) !== undefined)).toEqual([`${arn}-eu`]);
  });

  test('show no change that could not be written', async () => {
    const state = new KeptState();
    const policies = policiesOn(state);
    await policies.add(arn, statement('one'));
    const before = policies.find(arn);
    state.failure = new Error('the disk is full');
    await expect(policies.add(arn, statement('two'))).rejects.toThrow('the disk is full');
    expect(policies.find(arn)).toBe(before);
  });

  test('change one after the other', async () => {
    const state = new KeptState();
    const policies = policiesOn(state);
    const ids = ['a', 'b', 'c'];
    await Promise.all(ids.map((sid) => policies.add(arn, statement(sid))));
    const kept = (await restored(state)).find(arn)?.document.Statement ?? [];
    expect(kept.map(({ Sid }) => Sid)).toEqual(ids);
  });

  test('are not kept for a function that went while they were written', async () => {
    const state = new KeptState();
    const missing = new Set<string>();
    const policies = policiesOn(state, missing);
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    const adding = policies.add(arn, statement('one'));
    missing.add(arn);
    policies.deleted('orders');
    gate.resolve();
    await expect(adding).rejects.toThrow(FunctionNotFoundError);
    expect(policies.find(arn)).toBeUndefined();
    await policies.close();
    expect((await restored(state)).find(arn)).toBeUndefined();
  });

  test('refuse changes when they are closed, and damaged documents by name', async () => {
    const state = new KeptState();
    const policies = policiesOn(state);
    await policies.add(arn, statement('one'));
    await policies.close();
    await expect(policies.add(arn, statement('two'))).rejects.toThrow(ClosedError);
    await state.damage('policy/function:orders', (content) => ({ ...content, document: {} }));
    await expect(restored(state)).rejects.toThrow(StateError);
    await expect(restored(state)).rejects.toThrow('policy/function:orders');
  });
});
