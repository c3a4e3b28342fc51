import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { TemplateError } from '../../src/index.ts';
import { planOf, valueOf } from './plan-of.ts';

const sections = `
Parameters:
  Stage: { Type: String, Default: dev }
  Zones: { Type: CommaDelimitedList, Default: 'a, b,c' }
Mappings:
  Sizes:
    dev: { Memory: 128, Names: [x, y] }
    prod: { Memory: 512, Names: [z] }
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsDev: !Not [!Condition IsProd]
  IsEither: !Or [!Condition IsProd, !Condition IsDev]
  IsBoth: { 'Fn::And': [{ Condition: IsProd }, { Condition: IsDev }] }
`;

describe('functions', () => {
  test.each([
    ['!Ref Stage', 'dev'],
    ['{ Ref: Stage }', 'dev'],
    ['!Ref Queue', '<Queue>'],
    ['!GetAtt Queue.Arn', '<Queue.Arn>'],
    ['{ "Fn::GetAtt": [Queue, Arn] }', '<Queue.Arn>'],
    ['{ "Fn::GetAtt": Queue.Arn }', '<Queue.Arn>'],
    ['!GetAtt Queue.Outputs.Deep', '<Queue.Outputs.Deep>'],
    [
      '!Sub "${Stage}/${Queue.Arn}/${AWS::Region}/${!Literal}"',
      'dev/<Queue.Arn>/us-east-1/${Literal}',
    ],
    ['!Sub ["${Stage}-${Other}", { Other: !Ref Queue, Stage: own }]', 'own-<Queue>'],
    ['!Join ["-", [a, !Ref Stage, !GetAtt Queue.Arn, 1]]', 'a-dev-<Queue.Arn>-1'],
    ['!Join [",", !Ref Zones]', 'a,b,c'],
    ['!Select [1, !Ref Zones]', 'b'],
    ['!Select ["2", !Split ["/", "x/y/z"]]', 'z'],
    ['!Select [0, !Split [".", !GetAtt Queue.Arn]]', '<Queue'],
    ['!FindInMap [Sizes, !Ref Stage, Memory]', '128'],
    ['!Join ["+", !FindInMap [Sizes, prod, Names]]', 'z'],
    ['{ "Fn::FindInMap": [Sizes, none, Memory, { DefaultValue: 64 }] }', '64'],
    ['!If [IsProd, big, !Sub "small-${Stage}"]', 'small-dev'],
    ['!If [IsEither, yes, no]', 'yes'],
    ['!If [IsBoth, yes, no]', 'no'],
    ['{ "Fn::Base64": !Sub "${Stage}!" }', 'ZGV2IQ=='],
    ['!Select [0, !GetAZs ""]', 'us-east-1a'],
    ['!ImportValue network-Vpc', 'vpc-1'],
    ['{ "Fn::ToJsonString": { a: [!Ref Stage] } }', '{"a":["dev"]}'],
    ['{ "Fn::Length": !Ref Zones }', '3'],
    ['!Ref AWS::AccountId', '123456789012'],
    ['!Sub "${AWS::Partition} ${AWS::StackName} ${AWS::URLSuffix}"', 'aws shop amazonaws.com'],
  ])('%s is %s', (value, result) => {
    expect(valueOf(value, sections, { imports: { 'network-Vpc': 'vpc-1' } })).toBe(result);
  });

  test('AWS::NoValue takes a property, an entry and an item away', () => {
    const plan = planOf(`
Conditions: { Never: !Equals [a, b] }
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Ref AWS::NoValue
      Tags: [{ Key: a, Value: !If [Never, x, !Ref AWS::NoValue] }, !Ref AWS::NoValue]`);
    const [queue] = plan.resources;
    expect(queue?.properties).toEqual({ Tags: [{ Key: 'a' }] });
  });

  test('the branch of Fn::If that is not taken needs no resource', () => {
    const plan = planOf(`
Conditions: { Never: !Equals [a, b] }
Resources:
  Gone: { Type: AWS::SQS::Queue, Condition: Never }
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !If [Never, !GetAtt Gone.QueueName, orders]`);
    expect(plan.resources.map(({ logicalId }) => logicalId)).toEqual(['Queue']);
  });

  test('what is not known leaves an output out, with a reason', () => {
    const plan = planOf(`
Resources:
  Pool: { Type: AWS::Cognito::UserPool }
  Queue: { Type: AWS::SQS::Queue }
Outputs:
  Imported: { Value: !Sub ['\${Vpc}/x', { Vpc: !ImportValue other }] }
  Secret: { Value: '{{resolve:secretsmanager:db:SecretString:password}}' }
  Pool: { Value: !Ref Pool }
  Known: { Value: !Ref Queue, Export: { Name: !Sub '\${AWS::StackName}-queue' } }`);
    const outputs = plan.outputs(() => 'url');
    expect(outputs).toEqual({
      Known: { value: 'url', description: undefined, exportName: 'shop-queue' },
    });
    expect(plan.warnings.all().map(({ message }) => message)).toEqual([
      'template.yaml:2: Resources: Left out, since there is nothing like it here: Pool (AWS::Cognito::UserPool)',
      'template.yaml:6: Outputs.Imported: Left out: the import "other" is of another stack; pass its value in `imports`',
      'template.yaml:7: Outputs.Secret: Left out: {{resolve:secretsmanager:db:SecretString:password}} is not looked up here',
      'template.yaml:8: Outputs.Pool: Left out: Pool is of an AWS::Cognito::UserPool, which is not here; pass its value in `standIns`',
    ]);
  });

  test('stand-ins speak for resources that are not here', () => {
    const standIns = { Pool: 'pool-1', 'Pool.Arn': 'arn:pool' };
    const plan = planOf(
      `
Resources:
  Pool: { Type: AWS::Cognito::UserPool }
Outputs:
  Both: { Value: !Sub '\${Pool} \${Pool.Arn}' }`,
      { standIns },
    );
    expect(plan.outputs(() => '?')['Both']?.value).toBe('pool-1 arn:pool');
  });
});

describe('as an algebra', () => {
  const word = fc.stringMatching(/^[a-z0-9 ,/-]{0,8}$/);

  test('Fn::Sub of variables is Fn::Join of references', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), word, (words, between) => {
        const names = words.map((_, index) => `P${index}`);
        const parameters = names
          .map((name, index) => `  ${name}: { Type: String, Default: '${words[index]}' }`)
          .join('\n');
        const text = names.map((name) => `\${${name}}`).join(between);
        const references = names.map((name) => `!Ref ${name}`).join(', ');
        const head = `Parameters:\n${parameters}`;
        expect(valueOf(`!Sub '${text}'`, head)).toBe(
          valueOf(`!Join ['${between}', [${references}]]`, head),
        );
      }),
      { numRuns: 50 },
    );
  });

  test('Fn::Join takes back what Fn::Split did, and Fn::Select finds each part', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1 }), (parts) => {
        const text = parts.join('|');
        expect(valueOf(`!Join ['|', !Split ['|', '${text}']]`)).toBe(text);
        for (const [index, part] of parts.entries()) {
          expect(valueOf(`!Select [${index}, !Split ['|', '${text}']]`)).toBe(part);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('a text without variables is itself, however many dollars and braces are in it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[${}! a-z]{0,12}$/), (text) => {
        const escaped = text.replaceAll(/\$\{(?=[^!{}][^{}]*\}|\})/g, '${!');
        fc.pre(!/\$\{[^!]/.test(escaped));
        expect(valueOf(`{ 'Fn::Sub': ${JSON.stringify(escaped)} }`)).toBe(
          escaped.replaceAll(/\$\{!([^{}]*)\}/g, '${$1}'),
        );
      }),
      { numRuns: 100 },
    );
  });
});

describe('errors', () => {
  test.each([
    ['!Ref Nothing', 'Outputs.Result.Value', '"Nothing" is neither a resource nor a parameter'],
    ['!Ref AWS::Nothing', 'Outputs.Result.Value', 'there is no pseudo parameter AWS::Nothing'],
    [
      '!Select [3, [a, b]]',
      'Outputs.Result.Value',
      'Fn::Select cannot select nonexistent value at index 3',
    ],
    [
      '!FindInMap [Sizes, dev, None]',
      'Outputs.Result.Value',
      'Unable to get mapping for Sizes::dev::None',
    ],
    ['!If [Unheard, a, b]', 'Outputs.Result.Value', 'There is no condition "Unheard"'],
    ['!If [IsProd, a]', 'Outputs.Result.Value', 'Fn::If takes a list of 3, got a list'],
    ['!Join [",", { a: 1 }]', 'Outputs.Result.Value', 'Fn::Join takes a list, got a map'],
    ['!Sub "${Stage Name}"', 'Outputs.Result.Value', 'variable names in Fn::Sub syntax'],
    ['{ "Fn::Wish": a }', 'Outputs.Result.Value', 'There is no function Fn::Wish'],
  ])('%s is refused at %s: %s', (value, path, problem) => {
    const error = errorOf(() => valueOf(value, sections));
    expect(error.message).toContain(problem);
    expect(error.path).toBe(path);
    expect(error.line).toBe(19);
    expect(error.file).toBe('template.yaml');
  });

  test('conditions that wait for each other are named', () => {
    const circular = `
Conditions:
  A: !Not [!Condition B]
  B: !Not [!Condition A]`;
    const error = errorOf(() => valueOf('!If [A, 1, 2]', circular));
    expect(error.message).toBe(
      'template.yaml:3: Conditions.A: Circular dependency between conditions: A -> B -> A',
    );
  });

  test('conditions cannot ask for resources', () => {
    const condition = 'Conditions: { A: !Equals [!GetAtt Queue.Arn, a] }';
    expect(errorOf(() => valueOf('!If [A, 1, 2]', condition)).message).toContain(
      'Cannot reference resources in the Conditions block of the template',
    );
  });

  test('resources that wait for each other are named', () => {
    const text = `
Resources:
  A: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref B } }
  B: { Type: AWS::SQS::Queue, DependsOn: C }
  C: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub 'x-\${A.Arn}' } }`;
    expect(errorOf(() => planOf(text)).message).toContain(
      'Circular dependency between resources: A -> B -> C -> A',
    );
  });
});

function errorOf(action: () => unknown): TemplateError {
  try {
    action();
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown');
}
