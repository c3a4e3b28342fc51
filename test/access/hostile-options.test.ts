import { describe, expect, test } from 'vitest';
import { awsClientConfig, serve } from '../../src/aws/index.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { Lambda } from '../../src/lambda.ts';

const nothings = [null, 0, false, '', Number.NaN];
const wrong = [...nothings, 1, true, 'x', {}, () => 1, Symbol('s'), 10n, new Date(0)];

const principal = {
  accessKeyId: 'AKIAADA',
  secretAccessKey: 'ada-secret',
  arn: 'arn:aws:iam::123456789012:role/ada',
};

/** An option that was given by mistake must not count as one that was left out. */
describe('what is no list of principals or policies is refused, and never counts as left out', () => {
  test.each(['principals', 'scp', 'rcp'])('access.%s', (name) => {
    for (const value of wrong) {
      const make = (): Lambda => new Lambda({ blanks: 0, access: { [name]: value } });
      expect(make).toThrow(InvalidOptionError);
      expect(make).toThrow(`access.${name}`);
    }
  });

  test.each(['boundary', 'sessionPolicies', 'policies'])('%s of a principal', (name) => {
    for (const value of wrong) {
      const principals = [{ ...principal, [name]: value }];
      const make = (): Lambda => new Lambda({ blanks: 0, access: { principals } });
      expect(make).toThrow(InvalidOptionError);
      expect(make).toThrow(`access.principals[0].${name}`);
    }
  });
});

test('options of permissions, servers and clients are checked by name', async () => {
  await using lambda = new Lambda({ blanks: 0 });
  const code = { source: 'exports.handler = async () => 1' };
  const fn = await lambda.createFunction({ name: 'f', code });
  for (const value of wrong.filter((one) => one !== 'x')) {
    await expect(fn.removePermission(value as never)).rejects.toThrow('`statementId`');
  }
  for (const value of [...nothings, [], 'x']) {
    await expect(fn.deletePolicy(value as never)).rejects.toThrow('`options`');
    expect(() => awsClientConfig(lambda, value as never)).toThrow('`options`');
  }
  await expect(fn.deletePolicy({ revision: 'x' } as never)).rejects.toThrow('`revisionId`');
  await expect(serve(lambda, { port: 0, before: true as never })).rejects.toThrow('`before`');
  await expect(serve(lambda, { port: 0, host: '\ud800' })).rejects.toThrow('`host`');
  const credentials = { accessKeyId: 'a', secretAccessKey: 7 };
  const config = (): unknown => awsClientConfig(lambda, { credentials: credentials as never });
  expect(config).toThrow('Expected `credentials.secretAccessKey` to be a string, got "number"');
});
