import { InvalidOptionError } from '../core/errors.ts';
import { checkKnownKeys, checkOneOf, checkString } from '../core/options.ts';

/**
 * When AWS would give a version another build of its runtime. Kept and shown: there is one build here, the engine
 * of the process. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html
 */
export type RuntimeManagementOptions =
  | { readonly updateOn: 'Auto' | 'FunctionUpdate' }
  | {
      readonly updateOn: 'Manual';
      /** Such as `arn:aws:lambda:us-east-1::runtime:0cdcfbdefbc5e7d3343f73c2e2dd3cba17d61dea0686b404502a0c9ce83931b9`. */
      readonly runtimeVersionArn: string;
    };

export interface RuntimeManagementConfig {
  readonly updateOn: 'Auto' | 'FunctionUpdate' | 'Manual';
  /** Undefined unless it is `Manual`. */
  readonly runtimeVersionArn: string | undefined;
}

export const automatic: RuntimeManagementConfig = Object.freeze({
  updateOn: 'Auto',
  runtimeVersionArn: undefined,
});

export function resolveRuntimeManagement(
  options: RuntimeManagementOptions,
): RuntimeManagementConfig {
  checkKnownKeys('options', options, ['updateOn', 'runtimeVersionArn']);
  const { updateOn } = options;
  checkOneOf('updateOn', updateOn, ['Auto', 'FunctionUpdate', 'Manual']);
  const runtimeVersionArn = 'runtimeVersionArn' in options ? options.runtimeVersionArn : undefined;
  if (updateOn !== 'Manual') {
    if (runtimeVersionArn === undefined) return Object.freeze({ updateOn, runtimeVersionArn });
    const rule = `absent with \`updateOn\` "${updateOn}"`;
    throw new InvalidOptionError('runtimeVersionArn', rule, runtimeVersionArn);
  }
  checkString('runtimeVersionArn', runtimeVersionArn, {
    maxLength: 2_048,
    pattern: /^arn:aws[a-zA-Z-]*:lambda:[a-z]{2,4}(?:-[a-z]+)+-\d+::runtime:.+$/,
    says: 'the ARN of a version of a runtime, as `updateOn` is "Manual"',
  });
  return Object.freeze({ updateOn, runtimeVersionArn });
}
