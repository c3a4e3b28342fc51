import { AwsRuleError } from './aws-rule-error.ts';

/** Options of AWS that would change what runs a function, so that keeping them would promise too much. */
const refusals: Readonly<Record<string, string>> = {
  packageType: 'isolambda runs zip packages and no container images.',
  imageConfig:
    'isolambda runs no container images, so there is nothing that ImageConfig could change.',
  capacityProviderConfig: 'isolambda has no capacity providers: functions run in the process.',
};

/** Throws for an option that AWS has and that isolambda can only refuse. */
export function refuseWhatCannotRun(options: Readonly<Record<string, unknown>>): void {
  for (const [option, sentence] of Object.entries(refusals)) {
    const value = options[option];
    if (value === undefined || value === null) continue;
    if (option === 'packageType' && value === 'Zip') continue;
    throw new AwsRuleError(option, 'absent', value, sentence);
  }
}
