import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deployTemplate, Lambda } from '../../src/index.ts';
import { folderOf, type Folder } from '../functions/code/fixture.ts';
import { examplesMissing } from './examples-of.ts';

const template = `
Parameters: { Stage: { Type: String } }
Resources:
  HelloWorldFunction:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: !Sub "exports.handler = async () => ({ statusCode: 200, body: '\${Stage}' })"
      Events: { Any: { Type: HttpApi } }`;

const start = process.cwd();
let folder: Folder;

beforeEach(async () => {
  folder = await folderOf({ 'template.yaml': template });
  process.chdir(folder.path);
});

afterEach(async () => {
  process.chdir(start);
  await folder[Symbol.asyncDispose]();
});

test('every example of the document is here', () => {
  expect(examplesMissing('templates.md', fileURLToPath(import.meta.url))).toEqual([]);
});

test('a Lambda is made of a template', async () => {
  await using lambda = await Lambda.fromTemplate('template.yaml', {
    parameters: { Stage: 'test' },
  });
  await lambda.call('HelloWorldFunction', { name: 'Ada' });

  expect(await lambda.call('HelloWorldFunction')).toMatchObject({ body: 'test' });
});

test('a template is deployed into a Lambda', async () => {
  await using lambda = new Lambda();
  const deployment = await deployTemplate(lambda, 'template.yaml', {
    parameters: { Stage: 'test' },
    onProgress: ({ logicalId, step }) => console.log(step, logicalId),
  });
  const { functions, apis, outputs, warnings } = deployment;
  await apis['ServerlessHttpApi']?.handle(new Request('http://localhost/orders/ada'));

  expect(Object.keys(functions)).toEqual(['HelloWorldFunction']);
  expect([outputs, warnings]).toEqual([{}, []]);
});
