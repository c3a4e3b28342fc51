import { describe, expect, test } from 'vitest';
import { InvalidOptionError, TemplateError } from '../../src/index.ts';
import { readTemplate } from '../../src/template/read-template.ts';
import { planOf, valueOf } from './plan-of.ts';

describe('text', () => {
  test('short forms are their long forms, in block and in flow style', () => {
    const { root } = readTemplate(`
a: !Ref x
b: !GetAtt x.y.z
c: !Sub
  - '\${v}'
  - v: !ImportValue name
d: [!Condition c, !Join [',', [!Base64 t]]]
e: !FindInMap
  - m
  - !Ref k
  - s`);
    expect(root).toEqual({
      a: { Ref: 'x' },
      b: { 'Fn::GetAtt': ['x', 'y.z'] },
      c: { 'Fn::Sub': ['${v}', { v: { 'Fn::ImportValue': 'name' } }] },
      d: [{ Condition: 'c' }, { 'Fn::Join': [',', [{ 'Fn::Base64': 't' }]] }],
      e: { 'Fn::FindInMap': ['m', { Ref: 'k' }, 's'] },
    });
  });

  test('JSON, with tabs too', () => {
    const text = JSON.stringify({ Resources: { Q: { Type: 'AWS::SQS::Queue' } } }, null, '\t');
    expect(readTemplate(text).root).toEqual({ Resources: { Q: { Type: 'AWS::SQS::Queue' } } });
  });

  test('account ids, dates and keys stay as they are written', () => {
    const text = `
account: 012345678901
long: 12345678901234567890
date: 2010-09-09
number: 128
fraction: 0.5
map: { 0123: a, 1: b }`;
    expect(readTemplate(text).root).toEqual({
      account: '012345678901',
      long: '12345678901234567890',
      date: '2010-09-09',
      number: 128,
      fraction: 0.5,
      map: { '0123': 'a', '1': 'b' },
    });
  });

  test('anchors, aliases and merged maps', () => {
    const text = `
base: &base { a: 1, b: 2 }
own: { <<: *base, b: 3 }
again: *base`;
    expect(readTemplate(text).root).toMatchObject({
      own: { a: 1, b: 3 },
      again: { a: 1, b: 2 },
    });
  });

  test.each([
    ['Resources:\n  A: {\n', 3, 'Flow map'],
    ['Resources:\n  A: 1\n  A: 2', 3, 'Map keys must be unique'],
    ['Resources:\n  A: !Wish x', 2, 'Unresolved tag: !Wish'],
    ['a: &a [*a]', 1, 'an alias of YAML leads to itself'],
    ['- a list', undefined, 'A template is a map of sections'],
    ['', undefined, 'A template is a map of sections'],
  ])('%j is refused in line %s: %s', (text, line, problem) => {
    expect(() => readTemplate(text, 'broken.yaml')).toThrow(problem);
    const at = line === undefined ? 'broken.yaml: ' : `broken.yaml:${line}`;
    expect(() => readTemplate(text, 'broken.yaml')).toThrow(at);
  });
});

describe('sections', () => {
  test.each([
    ['Parameters: {}', 'template.yaml: Resources: At least one Resources member must be defined'],
    ['Resources: [a]', 'template.yaml:1: Resources: Expected a map, got a list'],
    [
      'Resources:\n  A: { Properties: {} }',
      'template.yaml:2: Resources.A: A resource has a `Type`',
    ],
    [
      'Resources:\n  A:\n    Type: AWS::SQS::Queue\n    DependsOn: B',
      'template.yaml:4: Resources.A.DependsOn: There is no resource "B"',
    ],
    [
      'Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Condition: C',
      'template.yaml:2: Resources.A: There is no condition "C"',
    ],
    ['Resources:\n  a-b: {}', 'Resources.a-b: A logical id has letters and digits alone'],
    [
      'Globals: { Functions: {} }\nResources: { A: { Type: AWS::SQS::Queue } }',
      "Globals.Functions: 'Functions' is not supported. Must be one of: Function, Api",
    ],
  ])('%j is refused', (text, message) => {
    expect(() => planOf(text)).toThrow(TemplateError);
    expect(() => planOf(text)).toThrow(message);
  });

  test('resources that are not here are one warning, sections and macros one each', () => {
    const plan = planOf(`
Transform: [AWS::Serverless-2016-10-31, Own]
Rules: {}
Resources:
  Pool: { Type: AWS::Cognito::UserPool }
  Machine: { Type: AWS::Serverless::StateMachine, Properties: { Role: !GetAtt Pool.Arn } }
  Role: { Type: AWS::IAM::Role }
  Queue: { Type: AWS::SQS::Queue }`);
    expect(plan.warnings.all().map(({ message }) => message)).toEqual([
      'template.yaml:3: Rules: This section makes no difference here',
      'template.yaml:2: Transform: Macros are not run here: "Own"',
      'template.yaml:4: Resources: Left out, since there is nothing like it here: Pool (AWS::Cognito::UserPool), Machine (AWS::Serverless::StateMachine)',
    ]);
    expect(plan.resources.map(({ logicalId }) => logicalId)).toEqual(['Role', 'Queue']);
  });

  test('each resource comes after those it refers to and depends on, else in the order of the text', () => {
    const plan = planOf(`
Resources:
  A: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub '\${D.QueueName}-a' } }
  B: { Type: AWS::SQS::Queue, DependsOn: [C] }
  C: { Type: AWS::SQS::Queue }
  D: { Type: AWS::SQS::Queue, Properties: { RedrivePolicy: { deadLetterTargetArn: !GetAtt B.Arn } } }`);
    expect(plan.resources.map(({ logicalId }) => logicalId)).toEqual(['C', 'B', 'D', 'A']);
  });
});

describe('parameters', () => {
  const sections = `
Parameters:
  Stage: { Type: String, Default: dev, AllowedValues: [dev, prod] }
  Size: { Type: Number, Default: 5, MinValue: 1, MaxValue: 10 }
  Name: { Type: String, Default: abc, AllowedPattern: '[a-z]+', MinLength: 2, ConstraintDescription: letters }
  Ids: { Type: 'List<Number>', Default: '1, 2' }
  Subnets: { Type: 'List<AWS::EC2::Subnet::Id>', Default: 's-1' }`;

  test('what is given goes before the default, numbers become texts', () => {
    const parameters = { Stage: 'prod', Size: 7, Ids: [3, 4], Subnets: 'a,b' };
    const value = `!Join ['|', [!Ref Stage, !Ref Size, !Ref Name, !Select [1, !Ref Ids], !Select [1, !Ref Subnets]]]`;
    expect(valueOf(value, sections, { parameters })).toBe('prod|7|abc|4|b');
  });

  test.each([
    [{ Stage: 'test' }, `Parameter 'Stage' must be one of AllowedValues: dev, prod, not "test"`],
    [{ Size: 11 }, `Parameter 'Size' must be a number not greater than 10, not "11"`],
    [{ Size: 0 }, `Parameter 'Size' must be a number not less than 1, not "0"`],
    [{ Size: 'x' }, `Parameter 'Size' must be a number, not "x"`],
    [{ Name: 'aB' }, `Parameter 'Name' must match pattern [a-z]+, not "aB": letters`],
    [{ Name: 'a' }, `Parameter 'Name' must contain at least 2 characters, not "a": letters`],
    [{ Ids: '1,x' }, `Parameter 'Ids' must be a number, not "x"`],
  ])('%j is refused', (parameters, message) => {
    expect(() => valueOf('!Ref Stage', sections, { parameters })).toThrow(message);
  });

  test('one without a value, and one that the template has not, are named', () => {
    const needed = 'Parameters: { Key: { Type: String } }';
    expect(() => valueOf('x', needed)).toThrow(
      'template.yaml:1: Parameters.Key: Parameters: [Key] must have values: pass it in `parameters`',
    );
    const unknown = { parameters: { Key: 'a', Kee: 'b' } };
    expect(() => valueOf('x', needed, unknown)).toThrow(InvalidOptionError);
    expect(() => valueOf('x', needed, unknown)).toThrow(
      'Parameters: [Kee] do not exist in the template',
    );
  });

  test('parameters of Systems Manager are known when they are given', () => {
    const ssm =
      'Parameters: { Ami: { Type: "AWS::SSM::Parameter::Value<String>", Default: /ami } }';
    expect(valueOf('!Ref Ami', ssm)).toBe('(left out)');
    expect(valueOf('!Ref Ami', ssm, { parameters: { Ami: 'ami-1' } })).toBe('ami-1');
  });
});
