import { layerOfVersion } from '../core/arn.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkKnownKeys, checkOneOf, checkString } from '../core/options.ts';
import { AwsRuleError } from './aws-rule-error.ts';
import { checkLayerContent, type LayerContentSource } from './code/code-source.ts';
import { checkDescription } from './description.ts';
import type { Architecture } from './function-options.ts';
import { checkAwsRuntime } from './layer-filter.ts';

/**
 * A layer of a function: a published version or its ARN, or a folder or zip (of a bucket too) that only this function uses.
 * What it holds shows in `/opt`; `nodejs/node_modules` in it is where `require` looks too.
 */
export type LayerSource = LayerContentSource | LayerVersion | string;

/** A published layer. https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html */
export interface LayerVersion {
  /** With the version at its end. */
  readonly arn: string;
  readonly layerArn: string;
  readonly name: string;
  readonly version: number;
  readonly description: string;
  /** Empty when none was given. */
  readonly licenseInfo: string;
  /** Names of AWS's runtimes. */
  readonly compatibleRuntimes: readonly string[];
  readonly compatibleArchitectures: readonly Architecture[];
  /** SHA-256 of the package, in base64. */
  readonly codeSha256: string;
  /** Bytes of the package. */
  readonly codeSize: number;
  /** ISO 8601 in UTC. */
  readonly createdDate: string;
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html */
export interface PublishLayerOptions {
  /** 1 to 140 letters, digits, `-` and `_`. */
  readonly name: string;
  /** What unpacks into `/opt`. */
  readonly code: LayerContentSource;
  /**
   * For people; at most 256 characters.
   * @default ''
   */
  readonly description?: string;
  /**
   * A SPDX identifier, a URL or the text; at most 512 characters.
   * @default ''
   */
  readonly licenseInfo?: string;
  /**
   * At most 15 of AWS's runtimes. Lists can be filtered by it; functions of other runtimes take the layer too.
   * @default []
   */
  readonly compatibleRuntimes?: readonly string[];
  /** @default [] */
  readonly compatibleArchitectures?: readonly Architecture[];
}

const publishKeys = Object.keys({
  name: true,
  code: true,
  description: true,
  licenseInfo: true,
  compatibleRuntimes: true,
  compatibleArchitectures: true,
} satisfies Record<keyof PublishLayerOptions, true>);

export function resolvePublishLayerOptions(
  options: PublishLayerOptions,
): Required<PublishLayerOptions> {
  checkKnownKeys('options', options, publishKeys);
  const { name, code } = options;
  checkString('name', name, {
    maxLength: limits.layerNameLength,
    pattern: /^[\w-]+$/,
    says: `1 to ${limits.layerNameLength} letters, digits, "-" and "_"`,
  });
  checkLayerContent('code', code);
  return { name, code, ...resolveLayerFacts(options) };
}

/** What is said about a layer version besides its content, checked and frozen. */
export function resolveLayerFacts(
  options: Omit<PublishLayerOptions, 'name' | 'code'>,
): Required<Omit<PublishLayerOptions, 'name' | 'code'>> {
  const {
    description = '',
    licenseInfo = '',
    compatibleRuntimes = [],
    compatibleArchitectures = [],
  } = options;
  checkDescription(description);
  checkString('licenseInfo', licenseInfo, {
    maxLength: limits.layerLicenseLength,
    says: `a string of at most ${limits.layerLicenseLength} characters`,
  });
  checkEach('compatibleRuntimes', compatibleRuntimes, limits.layerRuntimes, (runtime) =>
    checkAwsRuntime('compatibleRuntimes', runtime),
  );
  checkEach('compatibleArchitectures', compatibleArchitectures, 2, (architecture) =>
    checkOneOf('compatibleArchitectures', architecture, ['x86_64', 'arm64']),
  );
  return {
    description,
    licenseInfo,
    compatibleRuntimes: Object.freeze([...compatibleRuntimes]),
    compatibleArchitectures: Object.freeze([...compatibleArchitectures]),
  };
}

function checkEach(
  option: string,
  values: unknown,
  most: number,
  check: (value: unknown) => void,
): void {
  if (!Array.isArray(values) || values.length > most) {
    throw new InvalidOptionError(option, `an array of at most ${most}`, values);
  }
  for (const value of values) check(value);
}

/** Checks the option `layers` of a function and returns a frozen copy. */
export function resolveLayers(layers: unknown): readonly LayerSource[] {
  if (!Array.isArray(layers)) throw new InvalidOptionError('layers', 'an array', layers);
  if (layers.length > limits.layers) {
    throw new AwsRuleError(
      'layers',
      `at most ${limits.layers} layers`,
      layers.length,
      `Cannot reference more than ${limits.layers} layers.`,
    );
  }
  const resolved = layers.map(resolveLayer);
  checkDifferentLayers(resolved.filter((layer) => typeof layer === 'string'));
  return Object.freeze(resolved);
}

/** A published version is known by its ARN from here on. */
function resolveLayer(layer: unknown, index: number): LayerContentSource | string {
  const option = `layers[${index}]`;
  const arn = typeof layer === 'object' && layer !== null && 'arn' in layer ? layer.arn : layer;
  if (typeof arn !== 'string') {
    checkLayerContent(option, layer);
    return Object.freeze({ ...layer });
  }
  if (layerOfVersion(arn) !== undefined) return arn;
  throw new InvalidOptionError(
    option,
    'the ARN of a layer version, what `publishLayer` returned, { dir }, { zip } or { s3 }',
    arn,
  );
}

function checkDifferentLayers(arns: readonly string[]): void {
  const versions = new Map<string | undefined, string>();
  for (const arn of arns) {
    const layer = layerOfVersion(arn);
    const other = versions.get(layer);
    if (other !== undefined) {
      throw new AwsRuleError(
        'layers',
        'different layers',
        [other, arn],
        'Two different versions of the same layer are not allowed to be referenced in the same function. ' +
          `${other} and ${arn} are versions of the same layer.`,
      );
    }
    versions.set(layer, arn);
  }
}
