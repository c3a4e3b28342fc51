import { describe, expect, test } from 'vitest';
import { Lambda } from '../../src/index.ts';
import { templateFile } from './template-file.ts';

describe("the template of SAM's hello world in TypeScript", () => {
  test('its entry point is bundled and its function answers', async () => {
    await using lambda = await Lambda.fromTemplate(templateFile('hello-world/template.yaml'), {
      onWarning: () => undefined,
    });
    const hello = lambda.getFunction<object, object>('HelloWorldFunction');
    expect(await hello?.call({ path: '/hello' })).toEqual({
      statusCode: 200,
      body: '{"message":"hello world at /hello"}',
    });
    expect(hello?.latest.settings).toMatchObject({
      timeoutMs: 3_000,
      logging: { format: 'JSON' },
      role: 'arn:aws:iam::123456789012:role/HelloWorldFunctionRole',
    });
  });
});
