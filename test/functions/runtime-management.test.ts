import { describe, expect, test } from 'vitest';
import { code, controlPlane, untyped } from './control-plane.ts';
import { KeptState } from './kept-state.ts';
import { restored } from './visible.ts';

const runtimeVersionArn = `arn:aws:lambda:eu-central-1::runtime:${'0'.repeat(64)}`;

async function published() {
  const state = new KeptState();
  const { store } = controlPlane({ state });
  await store.create({ name: 'orders', code });
  await store.versions.publish('orders');
  return { state, store, management: store.runtimeManagement };
}

test('a version updates its runtime by itself until somebody says otherwise, each for its own', async () => {
  const { management } = await published();
  const automatic = { updateOn: 'Auto', runtimeVersionArn: undefined };
  expect(management.get('orders')).toEqual(automatic);
  expect(await management.put('orders', { updateOn: 'Manual', runtimeVersionArn }, '1')).toEqual({
    updateOn: 'Manual',
    runtimeVersionArn,
  });
  await management.put('orders', { updateOn: 'FunctionUpdate' });
  expect(management.get('orders')).toMatchObject({ updateOn: 'FunctionUpdate' });
  expect(management.get('orders', '1')).toEqual({ updateOn: 'Manual', runtimeVersionArn });
  await management.put('orders', { updateOn: 'Auto' }, '1');
  expect(management.get('orders', '1')).toEqual(automatic);
});

test('the setting outlives updates, other changes and a restart, and goes with its version', async () => {
  const { state, store, management } = await published();
  await management.put('orders', { updateOn: 'Manual', runtimeVersionArn });
  await management.put('orders', { updateOn: 'FunctionUpdate' }, '1');
  await store.update('orders', { memoryMb: 256 });
  await store.versions.publish('orders');
  await store.aliases.create('orders', 'live', { version: '2' });
  const again = await restored(state);
  expect(again.runtimeManagement.get('orders').updateOn).toBe('Manual');
  expect(again.runtimeManagement.get('orders', '1').updateOn).toBe('FunctionUpdate');
  expect(again.runtimeManagement.get('orders', '2').updateOn).toBe('Auto');

  await again.versions.delete('orders', '1');
  expect(() => again.runtimeManagement.get('orders', '1')).toThrow('Function not found');
  const third = await restored(state);
  expect(third.runtimeManagement.get('orders').updateOn).toBe('Manual');
  await third.delete('orders');
  await third.create({ name: 'orders', code });
  expect(third.runtimeManagement.get('orders').updateOn).toBe('Auto');
});

describe('a setting is refused', () => {
  test.each([
    ['without a version of the runtime', { updateOn: 'Manual' }, '`runtimeVersionArn`'],
    ['with one it has no use for', { updateOn: 'Auto', runtimeVersionArn }, '`runtimeVersionArn`'],
    ['with something else', { updateOn: 'Manual', runtimeVersionArn: 'x' }, '`runtimeVersionArn`'],
    ['of another mode', { updateOn: 'Never' }, '`updateOn`'],
    ['with an unknown key', { updateOn: 'Auto', at: 1 }, 'There is no option `at`'],
  ])('%s', async (_what, options, message) => {
    const { management } = await published();
    await expect(management.put('orders', untyped(options))).rejects.toThrow(message);
  });

  test('for what is not there', async () => {
    const { management } = await published();
    const options = { updateOn: 'Auto' } as const;
    await expect(management.put('orders', options, '7')).rejects.toThrow(
      'Function not found: arn:aws:lambda:eu-central-1:123456789012:function:orders:7',
    );
    await expect(management.put('none', options)).rejects.toThrow('Function not found');
  });
});
