import { createHash } from 'node:crypto';
import type { Home } from '../core/arn.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkBoolean, checkKnownKeys } from '../core/options.ts';

/**
 * The subnets that a function is connected to. Kept and shown as AWS does; what a handler may reach is the option
 * `network`. https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html
 */
export interface VpcOptions {
  /** At most 16, such as `subnet-071f712345678e7c8`. Empty, together with the groups, for no VPC. */
  readonly subnetIds: readonly string[];
  /** At most 5, such as `sg-085912345678492fb`. */
  readonly securityGroupIds: readonly string[];
  /** @default false */
  readonly ipv6AllowedForDualStack?: boolean;
}

/** Undefined nowhere; `null` in its place stands for no VPC. */
export type VpcConfig = Required<VpcOptions>;

const keys = Object.keys({
  subnetIds: true,
  securityGroupIds: true,
  ipv6AllowedForDualStack: true,
} satisfies Record<keyof VpcOptions, true>);

/** Checks the option `vpcConfig` and returns a frozen copy. */
export function resolveVpc(options: VpcOptions | null): VpcConfig | null {
  if (options === null) return null;
  checkKnownKeys('vpcConfig', options, keys);
  const { subnetIds, securityGroupIds, ipv6AllowedForDualStack = false } = options;
  const { subnets, securityGroups } = limits.vpc;
  checkIds('vpcConfig.subnetIds', subnetIds, /^subnet-[0-9a-z]+$/, subnets);
  checkIds('vpcConfig.securityGroupIds', securityGroupIds, /^sg-[0-9a-zA-Z]+$/, securityGroups);
  checkBoolean('vpcConfig.ipv6AllowedForDualStack', ipv6AllowedForDualStack);
  if ((subnetIds.length === 0) !== (securityGroupIds.length === 0)) {
    throw new InvalidOptionError('vpcConfig', 'subnets and security groups, or neither', options);
  }
  if (subnetIds.length === 0) return null;
  return Object.freeze({
    subnetIds: Object.freeze([...subnetIds]),
    securityGroupIds: Object.freeze([...securityGroupIds]),
    ipv6AllowedForDualStack,
  });
}

/** The VPC of every subnet of an account in a region, which has only one here; the same on every machine. */
export function vpcIdOf({ region, accountId }: Home): string {
  const digest = createHash('sha256').update(`${accountId}/${region}`).digest('hex');
  return `vpc-${digest.slice(0, 17)}`;
}

function checkIds(
  option: string,
  ids: unknown,
  pattern: RegExp,
  most: number,
): asserts ids is readonly string[] {
  const isId = (id: unknown): boolean =>
    typeof id === 'string' && id.length <= limits.vpc.idLength && pattern.test(id);
  if (Array.isArray(ids) && ids.length <= most && ids.every(isId)) return;
  const example = pattern.source.slice(1, pattern.source.indexOf('-') + 1);
  throw new InvalidOptionError(option, `an array of at most ${most} ids "${example}..."`, ids);
}
