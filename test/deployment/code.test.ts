import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deployTemplate, InvalidOptionError, Lambda, TemplateError } from '../../src/index.ts';
import { VirtualClock } from '../../src/testing/index.ts';
import { writeZip } from '../../src/functions/code/zip-writer.ts';
import { createDeployment } from '../../src/functions/code/deployment.ts';
import { folderOf, type Folder, type Tree } from '../functions/code/fixture.ts';

/** A folder with a template and code. */
function project(template: string, files: Tree = {}): Promise<Folder> {
  return folderOf({ 'template.yaml': template, ...files });
}

const answer = (text: string): string => `exports.handler = async () => '${text}'`;
const fn = (properties: string, type = 'AWS::Serverless::Function'): string =>
  `Resources:\n  F:\n    Type: ${type}\n    Properties: ${properties}`;

async function zipOf(text: string): Promise<Uint8Array> {
  const files = new Map([['/var/task/index.js', new TextEncoder().encode(text)]]);
  return writeZip(createDeployment(files), '/var/task');
}

describe('code', () => {
  test.each([
    ['inline', '{ InlineCode: "exports.handler = async () => 1" }', 1],
    ['a folder', '{ CodeUri: code/, Handler: lib/main.run }', 'folder'],
    ['the folder of the template', '{ Handler: code/lib/main.run }', 'folder'],
    ['TypeScript, found by the handler', '{ CodeUri: ./code, Handler: typed.handler }', 'typed'],
    ['a file', '{ CodeUri: code/typed.ts }', 'typed'],
  ])('%s', async (_, properties, result) => {
    await using lambda = new Lambda();
    await using folder = await project(fn(properties), {
      'code/lib/main.js': "exports.run = async () => require('../text')",
      'code/text.js': "module.exports = 'folder'",
      'code/typed.ts': "export const handler = async (): Promise<string> => 'typed'",
    });
    const { functions } = await deployTemplate(lambda, join(folder.path, 'template.yaml'));
    expect(await functions['F']?.call()).toBe(result);
  });

  test('a zip beside the template, and one in a bucket of the process', async () => {
    await using lambda = new Lambda();
    await using folder = await project(
      `
Resources:
  A: { Type: AWS::Serverless::Function, Properties: { CodeUri: a.zip } }
  B: { Type: AWS::Serverless::Function, Properties: { CodeUri: 's3://code/b.zip' } }
  C:
    Type: AWS::Lambda::Function
    Properties: { Code: { S3Bucket: code, S3Key: b.zip } }
  D: { Type: AWS::Lambda::Function, Properties: { Code: ./a.zip } }
  E:
    Type: AWS::Lambda::Function
    Properties: { Code: { S3Bucket: !Sub 'cdk-\${AWS::Region}', S3Key: hash.zip } }
    Metadata: { 'aws:asset:path': asset.1 }`,
      { 'asset.1/index.js': answer('asset') },
    );
    await writeFile(join(folder.path, 'a.zip'), await zipOf(answer('file')));
    await lambda.createBucket('code').put('b.zip', await zipOf(answer('object')));
    const { functions } = await deployTemplate(lambda, join(folder.path, 'template.yaml'));
    const answers = await Promise.all(Object.values(functions).map((each) => each.call()));
    expect(answers).toEqual(['file', 'object', 'object', 'file', 'asset']);
  });

  test('what `sam build` bundled already is taken as it is', async () => {
    await using lambda = new Lambda();
    await using folder = await project(
      `${fn('{ CodeUri: F, Handler: app.handler }')}
    Metadata:
      SamResourceId: F
      BuildMethod: esbuild
      BuildProperties: { EntryPoints: [app.ts] }`,
      { 'F/app.js': answer('built') },
    );
    const { functions } = await deployTemplate(lambda, join(folder.path, 'template.yaml'));
    expect(await functions['F']?.call()).toBe('built');
  });

  test.each([
    ['{ CodeUri: code, Handler: none.handler }', 'There is no file for the handler "none.handler"'],
    ['{ CodeUri: nowhere }', 'There is no code at "'],
    ['{ CodeUri: "s3://code/b.zip" }', 'There is no object "b.zip" in a bucket "code"'],
    ['{ InlineCode: x, MemorySize: 1 }', '`memoryMb` to be an integer from 8 to 10240, got 1'],
    ['{ InlineCode: x, MemorySize: lots }', 'MemorySize: Expected a whole number, got "lots"'],
    ['{ InlineCode: x, Timeout: [3] }', 'Timeout: Expected a whole number, got a list'],
    ['{ InlineCode: x, Events: { A: {} } }', 'Events.A: An event has a `Type`'],
    ['{ InlineCode: x, Events: { A: { Type: SQS } } }', 'EventSourceArn: This property is needed'],
    [
      '{ InlineCode: x, Environment: { Variables: { A: { b: c } } } }',
      'Variables.A: Expected a text',
    ],
  ])('%s is refused with the place', async (properties, problem) => {
    await using lambda = new Lambda();
    await using folder = await project(fn(properties), { 'code/index.js': answer('x') });
    const deploying = deployTemplate(lambda, join(folder.path, 'template.yaml'));
    await expect(deploying).rejects.toThrow(TemplateError);
    await expect(deploying).rejects.toThrow(problem);
    await expect(deploying).rejects.toThrow('template.yaml:4: Resources.F.Properties');
  });

  test('functions of other languages and images are left out with what hangs on them', async () => {
    await using lambda = new Lambda();
    await using folder = await project(`
Resources:
  Q: { Type: AWS::SQS::Queue }
  P:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      CodeUri: py/
      Handler: app.handler
      AutoPublishAlias: live
      Events: { Jobs: { Type: SQS, Properties: { Queue: !GetAtt Q.Arn } } }
  I: { Type: AWS::Serverless::Function, Properties: { PackageType: Image, ImageUri: x } }
  N:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs18.x
      InlineCode: exports.handler = async () => process.env.P ?? 'none'
      Layers: ['arn:aws:lambda:us-east-1:017000801446:layer:Tools:1']
      Environment: { Variables: { P: !GetAtt P.Arn } }`);
    const { functions, warnings } = await deployTemplate(
      lambda,
      join(folder.path, 'template.yaml'),
    );
    expect(Object.keys(functions)).toEqual(['N']);
    expect(await functions['N']?.call()).toBe('none');
    expect(lambda.listMappings()).toEqual([]);
    expect(warnings.map(({ message }) => message.split('Resources.').slice(1).join(' | '))).toEqual(
      [
        'P.Properties.Runtime: P is left out: the runtime python3.13 is not run here, only Node.js is',
        'I.Properties.PackageType: I is left out: container images are not run here',
        'N.Properties.Environment.Variables.P: Left out: P was left out',
        'N.Properties.Runtime: nodejs18.x is not here; the function runs as nodejs20.x',
        'N.Properties.Layers: Left out: the layer arn:aws:lambda:us-east-1:017000801446:layer:Tools:1 is not here',
        'P.Properties.FunctionName: PVersion is left out: P was left out',
        'P.Properties.FunctionName: PAliaslive is left out: P was left out',
        'P.Properties.Events.Jobs.Properties.FunctionName: PJobs is left out: PAliaslive was left out',
      ],
    );
  });
});

describe('a deployment', () => {
  const template = `
Resources:
  Lib:
    Type: AWS::Serverless::LayerVersion
    Properties: { ContentUri: layer/, CompatibleRuntimes: [nodejs24.x], LicenseInfo: MIT }
  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code/
      Handler: main.handler
      AutoPublishAlias: live
      Layers: [!Ref Lib]
      FunctionUrlConfig: { AuthType: NONE }
    Metadata:
      BuildMethod: esbuild
      BuildProperties: { EntryPoints: [main.ts], External: [shared] }`;
  const files = {
    'code/main.ts':
      "import { text } from './text';\nexport const handler = async () => `${text} ${require('shared')}`",
    'code/text.ts': "export const text = 'first'",
    'layer/nodejs/node_modules/shared/index.js': "module.exports = 'layer'",
  };

  test('knows the files of each function, and deploys a changed one again behind its alias', async () => {
    await using lambda = new Lambda();
    await using folder = await project(template, files);
    const deployment = await deployTemplate(lambda, join(folder.path, 'template.yaml'));
    const { functions, resources } = deployment;
    expect(resources['Lib']?.object).toMatchObject({
      name: 'Lib',
      compatibleRuntimes: ['nodejs24.x'],
      licenseInfo: 'MIT',
    });
    expect(deployment.file).toBe(join(folder.path, 'template.yaml'));
    expect(deployment.inputs['F']?.toSorted()).toEqual(
      Object.keys(files).map((name) => join(folder.path, name)),
    );
    expect(await lambda.call('F:live')).toBe('first layer');

    await functions['F']?.update({ timeoutMs: 20_000 });
    await writeFile(join(folder.path, 'code/text.ts'), "export const text = 'second'");
    await deployment.redeploy('F');
    expect(functions['F']?.latest.settings.timeoutMs).toBe(20_000);
    expect(await lambda.call('F:live')).toBe('second layer');
    expect(functions['F']?.getAlias('live').info.version).toBe('2');

    await writeFile(
      join(folder.path, 'layer/nodejs/node_modules/shared/index.js'),
      "module.exports = 'new layer'",
    );
    await deployment.redeploy('F');
    expect(await lambda.call('F:live')).toBe('second new layer');
    await writeFile(join(folder.path, 'code/text.ts'), 'export const text =');
    await expect(deployment.redeploy('F')).rejects.toThrow('Resources.F.Properties: Could not');
    expect(await lambda.call('F:live')).toBe('second new layer');
    await expect(deployment.redeploy('Lib')).rejects.toThrow(
      'Resources.Lib: There is no function of that logical id',
    );
  });

  test('a function URL is that of the alias', async () => {
    await using lambda = new Lambda();
    await using folder = await project(template, files);
    const { resources } = await deployTemplate(lambda, join(folder.path, 'template.yaml'));
    const response = await lambda.fetch(resources['FUrl']?.attributes['FunctionUrl'] ?? '');
    expect(await response.text()).toBe('first layer');
    expect(resources['FUrl']?.ref).toMatch(/:function:F:live$/);
  });

  test('permissions that SAM writes let services in where they are asked for', async () => {
    const clock = new VirtualClock();
    await using lambda = new Lambda({ clock, access: { enforceServices: true } });
    await using folder = await project(`
Resources:
  T: { Type: AWS::SNS::Topic }
  F:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: exports.handler = async (event) => console.log('got', event.Records[0].Sns.Message)
      Events: { News: { Type: SNS, Properties: { Topic: !Ref T } } }`);
    await deployTemplate(lambda, join(folder.path, 'template.yaml'));
    await lambda.getTopic('T')?.publish('hello');
    await clock.runAll();
    const lines = lambda.readLogs({ functionName: 'F' }).map(({ message }) => message);
    expect(lines.join('\n')).toContain('got hello');
  });

  test('every setting of a function is that of the template, also the second time', async () => {
    await using lambda = new Lambda();
    await using folder = await project(`
Resources:
  Letters: { Type: AWS::SQS::Queue }
  F:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: settled
      Description: All of it
      InlineCode: exports.handler = async () => 1
      MemorySize: '256'
      Timeout: 7
      Architectures: [arm64]
      EphemeralStorage: { Size: 1024 }
      Tracing: Active
      Tags: { team: shop }
      Role: arn:aws:iam::123456789012:role/own
      ReservedConcurrentExecutions: 3
      DeadLetterQueue: { Type: SQS, TargetArn: !GetAtt Letters.Arn }
      RecursiveLoop: Allow
      LoggingConfig: { LogFormat: JSON, ApplicationLogLevel: WARN, LogGroup: /own }
      TenancyConfig: { TenantIsolationMode: PER_TENANT }
  D:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: exports.handler = async () => 1
      DurableConfig: { ExecutionTimeout: 60, RetentionPeriodInDays: 3 }`);
    const file = join(folder.path, 'template.yaml');
    for (const times of [1, 2]) {
      const { functions, warnings } = await deployTemplate(lambda, file);
      expect(functions['F']?.name).toBe('settled');
      expect(functions['F']?.tags).toEqual({ team: 'shop' });
      expect(functions['F']?.latest.settings, `${times}`).toMatchObject({
        description: 'All of it',
        memoryMb: 256,
        timeoutMs: 7_000,
        architectures: ['arm64'],
        ephemeralStorageMb: 1_024,
        tracing: 'Active',
        role: 'arn:aws:iam::123456789012:role/own',
        logging: { format: 'JSON', applicationLevel: 'WARN', logGroup: '/own' },
        perTenant: true,
      });
      expect(functions['D']?.latest.settings).toMatchObject({
        durable: { executionTimeoutMs: 60_000, retentionDays: 3 },
      });
      expect(warnings).toEqual([]);
    }
  });

  test('environments of an alias are initialised ahead', async () => {
    await using lambda = new Lambda();
    await using folder = await project(
      fn(`
      InlineCode: exports.handler = async () => process.env.AWS_LAMBDA_INITIALIZATION_TYPE
      AutoPublishAlias: live
      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 }`),
    );
    const file = join(folder.path, 'template.yaml');
    for (const time of [1, 2]) {
      const { functions, warnings } = await deployTemplate(lambda, file);
      expect(functions['F']?.getAlias('live').provisioned, `${time}`).toMatchObject({
        requested: 2,
      });
      expect(warnings).toEqual([]);
    }
  });

  test('options are checked, a template that is not there is named', async () => {
    await using lambda = new Lambda();
    await expect(deployTemplate(lambda, 'none.yaml')).rejects.toThrow('none.yaml: This template');
    const wrong = { stackname: 'x' } as object;
    await expect(deployTemplate(lambda, 'none.yaml', wrong)).rejects.toThrow(InvalidOptionError);
    await expect(deployTemplate(lambda, 'x', { stackName: '1' })).rejects.toThrow('stackName');
  });
});
