import { InvalidOptionError } from '../core/errors.ts';
import { checkKnownKeys, checkString, checkStringMap } from '../core/options.ts';
import type { ParameterValues } from '../template/parameters.ts';

/** How a template is deployed. */
export interface DeployOptions {
  /** Values for the parameters of the template. @default their defaults */
  readonly parameters?: ParameterValues;
  /** Values for `Fn::ImportValue`, by the names of the exports. @default {} */
  readonly imports?: Readonly<Record<string, string>>;
  /**
   * What references to resources give that are not here: `{ UserPool: 'pool-1', 'UserPool.Arn': 'arn:...' }`.
   * @default {}
   */
  readonly standIns?: Readonly<Record<string, string>>;
  /**
   * Goes before the names of resources that have none in the template, and into `AWS::StackName`.
   * @default names are the logical ids, and `AWS::StackName` is 'local'
   */
  readonly stackName?: string;
  /** Called as each resource is begun and finished. @default none */
  readonly onProgress?: (progress: DeployProgress) => void;
}

/** One step of a deployment. */
export interface DeployProgress {
  readonly logicalId: string;
  /** Such as `AWS::SQS::Queue`. */
  readonly type: string;
  /** `left out`: it needs what is not here; a warning says what. */
  readonly step: 'started' | 'deployed' | 'left out';
  /** From 0. */
  readonly index: number;
  readonly total: number;
}

export type ResolvedDeployOptions = Required<Omit<DeployOptions, 'stackName'>> & {
  readonly stackName: string | undefined;
};

const deployOptionKeys = Object.keys({
  parameters: true,
  imports: true,
  standIns: true,
  stackName: true,
  onProgress: true,
} satisfies Record<keyof DeployOptions, true>);

export function resolveDeployOptions(options: DeployOptions): ResolvedDeployOptions {
  checkKnownKeys('options', options, deployOptionKeys);
  const { parameters = {}, imports = {}, standIns = {}, stackName, onProgress } = options;
  checkParameters(parameters);
  checkStringMap('imports', imports);
  checkStringMap('standIns', standIns);
  if (stackName !== undefined) {
    checkString('stackName', stackName, {
      maxLength: 128,
      pattern: /^[a-zA-Z][-a-zA-Z0-9]*$/,
      says: 'a letter, then letters, digits and "-", at most 128',
    });
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw new InvalidOptionError('onProgress', 'a function', onProgress);
  }
  return { parameters, imports, standIns, stackName, onProgress: onProgress ?? (() => undefined) };
}

function checkParameters(parameters: unknown): void {
  if (typeof parameters === 'object' && parameters !== null && !Array.isArray(parameters)) return;
  throw new InvalidOptionError('parameters', 'an object', parameters);
}
