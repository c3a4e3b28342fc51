import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkKnownKeys, checkString } from '../core/options.ts';

/**
 * A file system that AWS would mount. Kept and shown; a handler finds nothing under `/mnt`.
 * https://docs.aws.amazon.com/lambda/latest/api/API_FileSystemConfig.html
 */
export interface FileSystemOptions {
  /** Of an access point of EFS or of S3 Files. */
  readonly arn: string;
  /** Such as `/mnt/shared`. */
  readonly localMountPath: string;
}

const keys = Object.keys({
  arn: true,
  localMountPath: true,
} satisfies Record<keyof FileSystemOptions, true>);

const accessPoint =
  /^arn:aws[a-zA-Z-]*:(?:elasticfilesystem|s3files):[a-z0-9-]+:\d{12}:(?:file-system\/fs-[a-f0-9]+\/)?access-point\/fsap-[a-f0-9]{17,}$/;

/** Checks the option `fileSystemConfigs` and returns a frozen copy. `hasVpc`: AWS mounts in a VPC only. */
export function resolveFileSystems(
  options: readonly FileSystemOptions[],
  hasVpc: boolean,
): readonly FileSystemOptions[] {
  const { fileSystems } = limits;
  if (!Array.isArray(options) || options.length > fileSystems) {
    throw new InvalidOptionError(
      'fileSystemConfigs',
      `an array of at most ${fileSystems}`,
      options,
    );
  }
  if (options.length > 0 && !hasVpc) {
    const hint = 'File systems are mounted in a VPC: set `vpcConfig` too.';
    throw new InvalidOptionError('fileSystemConfigs', 'empty without a VPC', options, hint);
  }
  return Object.freeze(options.map(resolveFileSystem));
}

function resolveFileSystem(options: FileSystemOptions, index: number): FileSystemOptions {
  const option = `fileSystemConfigs[${index}]`;
  checkKnownKeys(option, options, keys);
  const { arn, localMountPath } = options;
  checkString(`${option}.arn`, arn, {
    maxLength: 200,
    pattern: accessPoint,
    says: 'the ARN of an access point of EFS or S3 Files',
  });
  checkString(`${option}.localMountPath`, localMountPath, {
    maxLength: 160,
    pattern: /^\/mnt\/[a-zA-Z0-9\-_.]+$/,
    says: 'a folder of at most 160 characters directly below /mnt',
  });
  return Object.freeze({ arn, localMountPath });
}
