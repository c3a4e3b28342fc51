import { checkString } from '../core/options.ts';

/** A KMS key that settings name; nothing here asks KMS. The empty string is AWS's word for none. */
export function resolveKeyArn(option: string, arn: string | null): string | null {
  if (arn === null || arn === '') return null;
  checkString(option, arn, {
    maxLength: 2_048,
    pattern: /^arn:(?:aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*$/,
    says: 'the ARN of a KMS key, such as "arn:aws:kms:us-east-1:123456789012:key/1f5c..."',
  });
  return arn;
}

/** The code-signing configuration that a function has. */
export function resolveCodeSigningArn(arn: string | null): string | null {
  if (arn === null || arn === '') return null;
  checkString('codeSigningConfigArn', arn, {
    maxLength: 200,
    pattern:
      /^arn:(?:aws[a-zA-Z-]*)?:lambda:[a-z]{2,4}(?:-[a-z]+)+-\d+:\d{12}:code-signing-config:csc-[a-z0-9]{17}$/,
    says: 'the ARN of a code-signing configuration',
  });
  return arn;
}
