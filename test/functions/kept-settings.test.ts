import { describe, expect, test } from 'vitest';
import { resolveFunctionOptions } from '../../src/functions/function-config.ts';
import type { FunctionOptions } from '../../src/functions/function-options.ts';
import { vpcIdOf } from '../../src/functions/vpc-options.ts';
import { resolveNetworkOptions } from '../../src/network/network-options.ts';
import { code, controlPlane, home, untyped } from './control-plane.ts';
import { KeptState } from './kept-state.ts';
import { restored, visible } from './visible.ts';

const defaults = { home, memoryMbPerVcpu: 1_769, network: resolveNetworkOptions() };
const resolve = (options: Partial<FunctionOptions>) =>
  resolveFunctionOptions({ name: 'orders', code, ...options }, defaults);

const vpcConfig = { subnetIds: ['subnet-0a', 'subnet-0b'], securityGroupIds: ['sg-0a'] };
const key = 'arn:aws:kms:eu-central-1:123456789012:key/1f5c';
const accessPoint =
  'arn:aws:elasticfilesystem:eu-central-1:123456789012:access-point/fsap-0123456789abcdef0';
const signing =
  'arn:aws:lambda:eu-central-1:123456789012:code-signing-config:csc-0123456789abcdef0';

describe('a VPC', () => {
  test('is kept with its subnets and groups, frozen', () => {
    const { vpcConfig: kept } = resolve({ vpcConfig });
    expect(kept).toEqual({ ...vpcConfig, ipv6AllowedForDualStack: false });
    expect(Object.isFrozen(kept) && Object.isFrozen(kept?.subnetIds)).toBe(true);
  });

  test('is left with empty lists', () => {
    expect(resolve({ vpcConfig: { subnetIds: [], securityGroupIds: [] } }).vpcConfig).toBeNull();
  });

  test('has one id for an account in a region', () => {
    expect(vpcIdOf(home)).toMatch(/^vpc-[0-9a-f]{17}$/);
    expect(vpcIdOf(home)).toBe(vpcIdOf({ ...home }));
    expect(vpcIdOf({ ...home, region: 'us-east-1' })).not.toBe(vpcIdOf(home));
  });

  test.each([
    ['subnets without groups', { ...vpcConfig, securityGroupIds: [] }, '`vpcConfig`'],
    ['a subnet of another form', { ...vpcConfig, subnetIds: ['vpc-1'] }, '`vpcConfig.subnetIds`'],
    ['17 subnets', { ...vpcConfig, subnetIds: Array(17).fill('subnet-1') }, 'at most 16'],
    ['6 groups', { ...vpcConfig, securityGroupIds: Array(6).fill('sg-1') }, 'at most 5'],
    ['an unknown key', { ...vpcConfig, vpcId: 'vpc-1' }, 'There is no option `vpcId`'],
  ])('with %s is refused', (_what, options, message) => {
    expect(() => resolve({ vpcConfig: untyped(options) })).toThrow(message);
  });
});

test('a file system needs a VPC, an access point and a folder below /mnt', () => {
  const one = { arn: accessPoint, localMountPath: '/mnt/shared' };
  expect(resolve({ vpcConfig, fileSystemConfigs: [one] }).fileSystemConfigs).toEqual([one]);
  expect(() => resolve({ fileSystemConfigs: [one] })).toThrow('set `vpcConfig` too');
  for (const bad of [
    [one, one],
    [{ ...one, localMountPath: '/tmp' }],
    [{ ...one, arn: 'arn:aws:s3:::bucket' }],
  ]) {
    expect(() => resolve({ vpcConfig, fileSystemConfigs: bad })).toThrow('fileSystemConfigs');
  }
});

test('Node does not start from snapshots, as AWS says', () => {
  expect(resolve({ snapStart: { applyOn: 'None' } }).snapStart).toEqual({ applyOn: 'None' });
  expect(() => resolve({ snapStart: { applyOn: 'PublishedVersions' } })).toThrow(
    expect.objectContaining({
      awsMessage: 'nodejs24.x is not supported for SnapStart enabled functions.',
    }),
  );
});

test('keys and a code-signing configuration are ARNs, and the empty string takes them away', () => {
  const arns = { kmsKeyArn: key, sourceKmsKeyArn: key, codeSigningConfigArn: signing };
  expect(resolve(arns)).toMatchObject(arns);
  const none = { kmsKeyArn: '', sourceKmsKeyArn: '', codeSigningConfigArn: '' };
  expect(resolve(none)).toMatchObject({
    kmsKeyArn: null,
    sourceKmsKeyArn: null,
    codeSigningConfigArn: null,
  });
  for (const name of Object.keys(none)) {
    expect(() => resolve({ [name]: 'key' })).toThrow(`\`${name}\``);
  }
});

test.each([
  ['imageConfig', { command: ['x'] }],
  ['packageType', 'Image'],
  ['capacityProviderConfig', {}],
])('%s is refused with the reason', (option, value) => {
  expect(() => resolve({ [option]: value })).toThrow(
    expect.objectContaining({ option, awsMessage: expect.stringContaining('isolambda') as string }),
  );
});

test('a runtime that AWS has and isolambda does not run is refused in words for AWS clients', () => {
  expect(() => resolve({ runtime: untyped('python3.13') })).toThrow(
    expect.objectContaining({
      awsMessage:
        'AWS knows the runtime python3.13, but isolambda runs Node.js only: nodejs20.x, nodejs22.x, nodejs24.x.',
    }),
  );
});

test('each version keeps its own, and the function its code-signing configuration, also after a restart', async () => {
  const state = new KeptState();
  const { store } = controlPlane({ state });
  const { arn: codeSigningConfigArn } = await store.codeSigning.create({
    allowedPublishers: ['arn:aws:signer:eu-central-1:123456789012:/signing-profiles/a/b'],
  });
  await store.create({
    name: 'orders',
    code,
    vpcConfig,
    fileSystemConfigs: [{ arn: accessPoint, localMountPath: '/mnt/shared' }],
    kmsKeyArn: key,
    codeSigningConfigArn,
  });
  const { record } = await store.versions.publish('orders');
  await store.update('orders', { vpcConfig: null, fileSystemConfigs: [], kmsKeyArn: null });
  expect(record.config).toMatchObject({ vpcConfig, kmsKeyArn: key });
  expect(store.get('orders')).toMatchObject({
    settings: { codeSigningConfigArn },
    latest: { config: { vpcConfig: null, kmsKeyArn: null } },
  });
  expect(visible(await restored(state))).toEqual(visible(store));
});
