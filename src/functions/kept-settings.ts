import { resolveFileSystems, type FileSystemOptions } from './file-system-options.ts';
import type { Runtime } from './runtimes.ts';
import { resolveCodeSigningArn, resolveKeyArn } from './setting-arns.ts';
import { resolveSnapStart, type SnapStartOptions } from './snap-start.ts';
import { resolveVpc, type VpcConfig, type VpcOptions } from './vpc-options.ts';

/** Settings of AWS that are checked, kept with a version and shown, and that change nothing in how it runs. */
export interface KeptOptions {
  /**
   * The subnets that the function is connected to; `null` for none. What it may reach is the option `network`.
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
   * @default null
   */
  readonly vpcConfig?: VpcOptions | null;
  /**
   * At most one, and only in a VPC. Nothing is mounted.
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem.html
   * @default []
   */
  readonly fileSystemConfigs?: readonly FileSystemOptions[];
  /**
   * AWS has it for other runtimes, so that only `{ applyOn: 'None' }` is taken.
   * https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html
   * @default { applyOn: 'None' }
   */
  readonly snapStart?: SnapStartOptions;
  /**
   * ARN of the key for environment variables. Nothing asks KMS: what is encrypted here, and how, says the option
   * `encryptionKey` of the `Lambda`. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
   * @default null
   */
  readonly kmsKeyArn?: string | null;
  /**
   * ARN of the key for the deployment package; as `kmsKeyArn`, it is only kept.
   * @default null
   */
  readonly sourceKmsKeyArn?: string | null;
  /**
   * Whose signatures the code needs. Belongs to the function, not to a version.
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html
   * @default null
   */
  readonly codeSigningConfigArn?: string | null;
}

export interface KeptConfig {
  readonly vpcConfig: VpcConfig | null;
  readonly fileSystemConfigs: readonly FileSystemOptions[];
  readonly snapStart: SnapStartOptions;
  readonly kmsKeyArn: string | null;
  readonly sourceKmsKeyArn: string | null;
  readonly codeSigningConfigArn: string | null;
}

export const keptOptionNames: readonly string[] = Object.keys({
  vpcConfig: true,
  fileSystemConfigs: true,
  snapStart: true,
  kmsKeyArn: true,
  sourceKmsKeyArn: true,
  codeSigningConfigArn: true,
} satisfies Record<keyof KeptOptions, true>);

export function resolveKeptOptions(options: KeptOptions, runtime: Runtime): KeptConfig {
  const {
    vpcConfig = null,
    fileSystemConfigs = [],
    snapStart = { applyOn: 'None' },
    kmsKeyArn = null,
    sourceKmsKeyArn = null,
    codeSigningConfigArn = null,
  } = options;
  const vpc = resolveVpc(vpcConfig);
  return {
    vpcConfig: vpc,
    fileSystemConfigs: resolveFileSystems(fileSystemConfigs, vpc !== null),
    snapStart: resolveSnapStart(snapStart, runtime),
    kmsKeyArn: resolveKeyArn('kmsKeyArn', kmsKeyArn),
    sourceKmsKeyArn: resolveKeyArn('sourceKmsKeyArn', sourceKmsKeyArn),
    codeSigningConfigArn: resolveCodeSigningArn(codeSigningConfigArn),
  };
}
