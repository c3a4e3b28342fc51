import { FunctionNotFoundError, InvalidOptionError } from './errors.ts';
import { limits } from './limits.ts';
import { checkString } from './options.ts';

/** The region and account that a `Lambda` stands for; both only name things, nothing leaves the process. */
export interface Home {
  /** `aws`, `aws-cn` or `aws-us-gov`; follows from the region. */
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
}

/** The parts of a function ARN. https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html */
export interface FunctionArn extends Home {
  readonly name: string;
  /** A version, an alias or `$LATEST`; undefined in an unqualified ARN. */
  readonly qualifier: string | undefined;
}

/** A function of this account and region, as somebody asked for it. */
export interface FunctionReference {
  readonly name: string;
  /** Only what the caller wrote: no qualifier is not the same as `$LATEST` in the ARN the handler sees. */
  readonly qualifier: string | undefined;
}

/** AWS takes longer references where it invokes than where it configures. */
export const referenceLengths = { control: 140, invoke: 256 } as const;

const region = '[a-z]{2,4}(?:-[a-z]+)+-\\d+';
const regionPattern: RegExp = new RegExp(`^${region}$`);
const accountPattern = /^\d{12}$/;
const namePattern = /^[\w-]+$/;
const versionPattern = /^\d+$/;
const aliasPattern = /^(?!\d+$)[\w-]+$/;
const qualifierPattern = /^(?:\$LATEST|[\w-]+)$/;
const partition = 'aws[a-zA-Z-]*';
const nameAndQualifier = '([\\w-]+)(?::(\\$LATEST|[\\w-]+))?';
const arnPattern = new RegExp(
  `^arn:(${partition}):lambda:(${region}):(\\d{12}):function:${nameAndQualifier}$`,
);
const layerVersionPattern = new RegExp(
  `^(arn:(${partition}):lambda:(${region}):(\\d{12}):layer:([\\w-]{1,${limits.layerNameLength}})):(\\d+)$`,
);
const referencePattern = new RegExp(`^(?:(\\d{12}):function:)?${nameAndQualifier}$`);

/** Checks region and account and adds the partition that the region belongs to. */
export function resolveHome(place: { readonly region: string; readonly accountId: string }): Home {
  const { region: regionName, accountId } = place;
  checkString('region', regionName, {
    maxLength: 32,
    pattern: regionPattern,
    says: 'the name of an AWS region, such as "us-east-1"',
  });
  checkString('accountId', accountId, {
    maxLength: 12,
    pattern: accountPattern,
    says: 'a string of 12 digits',
  });
  return Object.freeze({ partition: partitionOf(regionName), region: regionName, accountId });
}

function partitionOf(regionName: string): string {
  if (regionName.startsWith('cn-')) return 'aws-cn';
  if (regionName.startsWith('us-gov-')) return 'aws-us-gov';
  return 'aws';
}

export function formatFunctionArn(arn: FunctionArn): string {
  return functionArn(arn, arn.name, arn.qualifier);
}

/** The ARN of a function at home, qualified if `qualifier` is given. */
export function functionArn(home: Home, name: string, qualifier?: string): string {
  const arn = `arn:${home.partition}:lambda:${home.region}:${home.accountId}:function:${name}`;
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}

/** Reads a full function ARN of any region and account; undefined when the text is not one. */
export function parseFunctionArn(text: string): FunctionArn | undefined {
  const match = arnPattern.exec(text);
  if (match === null) return undefined;

  const [, partitionName = '', regionName = '', accountId = '', name = '', qualifier] = match;
  if (!hasAllowedLengths(name, qualifier)) return undefined;
  return { partition: partitionName, region: regionName, accountId, name, qualifier };
}

/**
 * Reads what AWS takes as a function name: `name`, `name:qualifier`, `account:function:name` (with or
 * without qualifier) or an ARN. A qualifier may also be given beside it; two different ones are an error.
 */
export function parseFunctionReference(
  reference: string,
  home: Home,
  options: { readonly qualifier?: string | undefined; readonly maxLength?: number } = {},
): FunctionReference {
  const { qualifier: beside, maxLength = referenceLengths.invoke } = options;
  const found = readReference(reference, maxLength);
  if (beside !== undefined) checkQualifier('qualifier', beside);
  checkIsAtHome(reference, found, home);
  if (found.qualifier !== undefined && beside !== undefined && found.qualifier !== beside) {
    throw new InvalidOptionError(
      'qualifier',
      `"${found.qualifier}", the qualifier in "${reference}"`,
      beside,
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  }
  return { name: found.name, qualifier: found.qualifier ?? beside };
}

interface WrittenReference extends FunctionReference {
  readonly partition?: string;
  readonly region?: string;
  readonly accountId?: string | undefined;
}

function readReference(reference: unknown, maxLength: number): WrittenReference {
  if (typeof reference === 'string' && reference.length <= maxLength) {
    if (reference.startsWith('arn:')) {
      const arn = parseFunctionArn(reference);
      if (arn !== undefined) return arn;
    } else {
      const [, accountId, name, qualifier] = referencePattern.exec(reference) ?? [];
      if (name !== undefined && hasAllowedLengths(name, qualifier)) {
        return { accountId, name, qualifier };
      }
    }
  }
  throw new InvalidOptionError(
    'functionName',
    `a function name, "name:qualifier", "account:function:name" or a function ARN of at most ${maxLength} characters`,
    reference,
    `A name has up to ${limits.functionNameLength} letters, digits, "-" and "_".`,
  );
}

function hasAllowedLengths(name: string, qualifier: string | undefined): boolean {
  return (
    name.length <= limits.functionNameLength && (qualifier?.length ?? 1) <= limits.aliasNameLength
  );
}

function checkIsAtHome(reference: string, found: WrittenReference, home: Home): void {
  if (found.region !== undefined && found.region !== home.region) {
    throw new FunctionNotFoundError(
      reference,
      `Functions from '${found.region}' are not reachable in this region ('${home.region}')`,
    );
  }
  if (found.accountId !== undefined && found.accountId !== home.accountId) {
    throw new FunctionNotFoundError(
      reference,
      `Functions of account '${found.accountId}' are not reachable from this account ('${home.accountId}')`,
    );
  }
  if (found.partition !== undefined && found.partition !== home.partition) {
    throw new FunctionNotFoundError(reference, `Function not found: ${reference}`);
  }
}

/** Of a layer, without a version. */
export function layerArn(
  { partition: part, region: place, accountId }: Home,
  name: string,
): string {
  return `arn:${part}:lambda:${place}:${accountId}:layer:${name}`;
}

/** The ARN of the layer that a version belongs to; `undefined` when it is no ARN of a layer version. */
export function layerOfVersion(versionArn: string): string | undefined {
  return layerVersionPattern.exec(versionArn)?.[1];
}

/** The parts of the ARN of a layer version; `undefined` when it is none. */
export function parseLayerVersionArn(
  versionArn: string,
): (Home & { readonly name: string; readonly version: number }) | undefined {
  const match = layerVersionPattern.exec(versionArn);
  if (match === null) return undefined;
  const [, , part = '', place = '', accountId = '', name = '', version] = match;
  return { partition: part, region: place, accountId, name, version: Number(version) };
}

export function checkFunctionName(option: string, value: unknown): asserts value is string {
  checkString(option, value, {
    maxLength: limits.functionNameLength,
    pattern: namePattern,
    says: `1 to ${limits.functionNameLength} letters, digits, "-" and "_"`,
  });
}

export function checkAliasName(option: string, value: unknown): asserts value is string {
  checkString(option, value, {
    maxLength: limits.aliasNameLength,
    pattern: aliasPattern,
    says: `1 to ${limits.aliasNameLength} letters, digits, "-" and "_", and not a number`,
  });
}

export function checkQualifier(option: string, value: unknown): asserts value is string {
  checkString(option, value, {
    maxLength: limits.aliasNameLength,
    pattern: qualifierPattern,
    says: 'a version number, an alias name or "$LATEST"',
  });
}

/** Whether a qualifier is the number of a published version; it may still not exist. */
export function isVersionNumber(qualifier: string): boolean {
  return versionPattern.test(qualifier);
}
