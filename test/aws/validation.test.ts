import { describe, expect, test } from 'vitest';
import { checkInput } from '../../src/aws/validation.ts';
import type { OperationName } from '../../src/aws/model/shapes.ts';

/** What a check says; undefined when it lets the input through. */
function said(operation: OperationName, input: Record<string, unknown>): string | undefined {
  try {
    checkInput(operation, input);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ awsCode: 'ValidationException', status: 400 });
    return (error as Error).message;
  }
}

const creation = {
  FunctionName: 'orders',
  Role: 'arn:aws:iam::123456789012:role/r',
  Code: { ZipFile: new Uint8Array(1) },
};

test('input that keeps the rules is let through', () => {
  expect(said('CreateFunction', { ...creation, Timeout: 3, MemorySize: 128 })).toBeUndefined();
});

describe('as AWS words it', () => {
  test.each<[string, OperationName, Record<string, unknown>, string]>([
    [
      'a member that is missing',
      'CreateFunction',
      { FunctionName: 'orders', Code: {} },
      "1 validation error detected: Value null at 'role' failed to satisfy constraint: Member must not be null",
    ],
    [
      'a number that is too large',
      'ListFunctions',
      { MaxItems: 10_001 },
      "1 validation error detected: Value '10001' at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 10000",
    ],
    [
      'a number that is too small',
      'PutProvisionedConcurrencyConfig',
      { FunctionName: 'f', Qualifier: '1', ProvisionedConcurrentExecutions: 0 },
      "1 validation error detected: Value '0' at 'provisionedConcurrentExecutions' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'a member of a structure',
      'CreateFunction',
      { ...creation, EphemeralStorage: { Size: 1 } },
      "1 validation error detected: Value '1' at 'ephemeralStorage.size' failed to satisfy constraint: Member must have value greater than or equal to 512",
    ],
    [
      'a list with a bad member',
      'PublishLayerVersion',
      { LayerName: 'l', Content: {}, CompatibleArchitectures: ['arm64', 'mips'] },
      "1 validation error detected: Value '[arm64, mips]' at 'compatibleArchitectures' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64]]",
    ],
    [
      'a list that is too long',
      'CreateFunction',
      { ...creation, Architectures: ['arm64', 'x86_64'] },
      "1 validation error detected: Value '[arm64, x86_64]' at 'architectures' failed to satisfy constraint: Member must have length less than or equal to 1",
    ],
    [
      'several at once',
      'ListFunctions',
      { MaxItems: 0, FunctionVersion: 'NONE' },
      "2 validation errors detected: Value '0' at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1; " +
        "Value 'NONE' at 'functionVersion' failed to satisfy constraint: Member must satisfy enum value set: [ALL]",
    ],
  ])('%s', (_what, operation, input, message) => {
    expect(said(operation, input)).toBe(message);
  });
});

test('a text of megabytes is refused for its length alone', () => {
  const message = said('Invoke', { FunctionName: `${'a'.repeat(5_000_000)}!` });
  expect(message).toMatch(/Member must have length less than or equal to 256$/);
  expect(message!.length).toBeLessThan(3_000);
});
