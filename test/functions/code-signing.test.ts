import { describe, expect, test } from 'vitest';
import { arnOf, code, controlPlane, otherCode, untyped } from './control-plane.ts';
import { KeptState } from './kept-state.ts';
import { restored } from './visible.ts';

const publisher = 'arn:aws:signer:eu-central-1:123456789012:/signing-profiles/trusted/0123456789';

async function signing(untrustedArtifactOnDeployment: 'Warn' | 'Enforce' = 'Warn') {
  const state = new KeptState();
  const { store } = controlPlane({ state });
  const config = await store.codeSigning.create({
    allowedPublishers: [publisher],
    untrustedArtifactOnDeployment,
    description: 'trusted',
    tags: { team: 'a' },
  });
  return { state, store, config };
}

test('a configuration is made, found, listed, changed and deleted, also after a restart', async () => {
  const { state, store, config } = await signing();
  expect(config).toMatchObject({
    arn: `arn:aws:lambda:eu-central-1:123456789012:code-signing-config:${config.id}`,
    allowedPublishers: [publisher],
    untrustedArtifactOnDeployment: 'Warn',
    description: 'trusted',
    tags: { team: 'a' },
    lastModified: '2026-01-02T03:04:05.000Z',
  });
  expect(config.id).toMatch(/^csc-[0-9a-f]{17}$/);
  const other = await store.codeSigning.create({ allowedPublishers: [publisher] });
  const changed = await store.codeSigning.update(config.arn, { description: 'changed' });
  expect(changed).toEqual({ ...config, description: 'changed' });

  const again = await restored(state);
  expect(again.codeSigning.list()).toEqual(expect.arrayContaining([changed, other]));
  expect(again.codeSigning.get(config.arn)).toEqual(changed);
  await again.codeSigning.delete(config.arn);
  expect((await restored(state)).codeSigning.list()).toEqual([other]);
});

test.each([
  ['no publishers', { allowedPublishers: [] }, '`allowedPublishers`'],
  ['21 publishers', { allowedPublishers: Array(21).fill(publisher) }, '`allowedPublishers`'],
  ['a publisher without an ARN', { allowedPublishers: ['me'] }, '`allowedPublishers`'],
  [
    'another policy',
    { allowedPublishers: [publisher], untrustedArtifactOnDeployment: 'Ask' },
    '`untrustedArtifactOnDeployment`',
  ],
])('%s is refused', async (_what, options, message) => {
  const { store } = controlPlane();
  await expect(store.codeSigning.create(untyped(options))).rejects.toThrow(message);
});

test('what is not there is said in the words of AWS', async () => {
  const { store } = controlPlane();
  const arn = 'arn:aws:lambda:eu-central-1:123456789012:code-signing-config:csc-0123456789abcdef0';
  const gone = `The Lambda code signing configuration ${arn} can not be found.`;
  await expect(store.codeSigning.update(arn, {})).rejects.toThrow(gone);
  await expect(store.codeSigning.delete(arn)).rejects.toThrow(gone);
  expect(() => store.codeSigning.functionsOf(arn)).toThrow(gone);
  expect(store.codeSigning.get(arn)).toBeUndefined();
  await expect(store.create({ name: 'f', code, codeSigningConfigArn: arn })).rejects.toMatchObject({
    awsCode: 'CodeSigningConfigNotFoundException',
    awsStatus: 404,
    message: `The code signing configuration cannot be found. Check that the provided configuration is not deleted: ${arn}.`,
  });
});

describe('a function', () => {
  test('gets one and loses it without a new $LATEST, and keeps it from being deleted', async () => {
    const { store, config } = await signing();
    const { latest } = await store.create({ name: 'orders', code });
    await store.update('orders', { codeSigningConfigArn: config.arn });
    expect(store.latestOf('orders')).toBe(latest);
    expect(store.codeSigning.functionsOf(config.arn)).toEqual([arnOf('orders')]);
    await expect(store.codeSigning.delete(config.arn)).rejects.toMatchObject({
      name: 'ConflictError',
    });
    await store.update('orders', { codeSigningConfigArn: null });
    await store.codeSigning.delete(config.arn);
    expect(store.codeSigning.list()).toEqual([]);
  });

  test('under Warn takes code that nobody signed', async () => {
    const { store, config } = await signing('Warn');
    await store.create({ name: 'orders', code, codeSigningConfigArn: config.arn });
    await store.update('orders', { code: otherCode });
    expect(store.list()).toHaveLength(1);
  });

  test('under Enforce takes no code and no layers, as nobody signs them, but other settings', async () => {
    const { store, config } = await signing('Enforce');
    const refusal = {
      awsCode: 'CodeVerificationFailedException',
      message: `Lambda cannot deploy the function. The function or layer might be signed using a signature that the client is not configured to accept. Check the provided signature for ${arnOf('orders')}.`,
    };
    const codeSigningConfigArn = config.arn;
    await expect(
      store.create({ name: 'orders', code, codeSigningConfigArn }),
    ).rejects.toMatchObject(refusal);
    await store.create({ name: 'orders', code });
    await store.update('orders', { codeSigningConfigArn });
    await expect(store.update('orders', { code: otherCode })).rejects.toMatchObject(refusal);
    await expect(store.update('orders', { layers: [{ dir: 'x' }] })).rejects.toMatchObject(refusal);
    await store.update('orders', { memoryMb: 256, layers: [] });
    await store.codeSigning.update(config.arn, { untrustedArtifactOnDeployment: 'Warn' });
    await store.update('orders', { code: otherCode });
    expect(store.latestOf('orders')?.config.memoryMb).toBe(256);
  });
});
