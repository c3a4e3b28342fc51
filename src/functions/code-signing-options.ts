import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkKnownKeys, checkOneOf } from '../core/options.ts';
import { checkDescription } from './description.ts';
import { resolveTags } from './tags.ts';

/** What happens to code that nobody whom the configuration trusts has signed. */
export type CodeSigningPolicy = 'Warn' | 'Enforce';

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateCodeSigningConfig.html */
export interface CodeSigningOptions {
  /** ARNs of versions of signing profiles, 1 to 20. */
  readonly allowedPublishers: readonly string[];
  /**
   * No package has a signature here, so that `Enforce` refuses all code and `Warn` takes it.
   * @default 'Warn'
   */
  readonly untrustedArtifactOnDeployment?: CodeSigningPolicy;
  /**
   * For people; at most 256 characters.
   * @default ''
   */
  readonly description?: string;
  /** @default {} */
  readonly tags?: Readonly<Record<string, string>>;
}

export type CodeSigningChanges = Partial<CodeSigningOptions>;

/** A code-signing configuration. https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html */
export interface CodeSigningConfig extends Required<CodeSigningOptions> {
  /** Such as `csc-0f6c334abcdea4d8b`. */
  readonly id: string;
  readonly arn: string;
  /** ISO 8601 in UTC. */
  readonly lastModified: string;
}

/** What can be done with code-signing configurations; functions get one by `codeSigningConfigArn`. */
export interface CodeSigningConfigs {
  create(options: CodeSigningOptions): Promise<CodeSigningConfig>;
  /** Undefined when there is none of that ARN. */
  get(arn: string): CodeSigningConfig | undefined;
  /** In the order of creation; after a restart in that of the ids. */
  list(): readonly CodeSigningConfig[];
  /** What `changes` leaves out stays. */
  update(arn: string, changes: CodeSigningChanges): Promise<CodeSigningConfig>;
  /** @throws {ConflictError} while functions have it */
  delete(arn: string): Promise<void>;
  /** ARNs of the functions that have it. */
  functionsOf(arn: string): readonly string[];
}

const keys = Object.keys({
  allowedPublishers: true,
  untrustedArtifactOnDeployment: true,
  description: true,
  tags: true,
} satisfies Record<keyof CodeSigningOptions, true>);

const profilePattern =
  /^arn:aws[a-zA-Z0-9-]*:[a-zA-Z0-9-]+:(?:[a-z]{2,4}(?:-[a-z]+)+-\d+)?:(?:\d{12})?:.+$/;

export function resolveCodeSigning(options: CodeSigningOptions): Required<CodeSigningOptions> {
  checkKnownKeys('options', options, keys);
  const {
    allowedPublishers,
    untrustedArtifactOnDeployment = 'Warn',
    description = '',
    tags = {},
  } = options;
  checkPublishers(allowedPublishers);
  checkOneOf('untrustedArtifactOnDeployment', untrustedArtifactOnDeployment, ['Warn', 'Enforce']);
  checkDescription(description);
  return {
    allowedPublishers: Object.freeze([...allowedPublishers]),
    untrustedArtifactOnDeployment,
    description,
    tags: resolveTags(tags),
  };
}

function checkPublishers(arns: unknown): asserts arns is readonly string[] {
  const { codeSigningPublishers: most } = limits;
  const isArn = (arn: unknown): boolean => typeof arn === 'string' && profilePattern.test(arn);
  if (Array.isArray(arns) && arns.length >= 1 && arns.length <= most && arns.every(isArn)) return;
  const rule = `1 to ${most} ARNs of versions of signing profiles`;
  throw new InvalidOptionError('allowedPublishers', rule, arns);
}
