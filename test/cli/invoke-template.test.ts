import { describe, expect, test } from 'vitest';
import { project } from './project.ts';
import { runCli } from './run-cli.ts';

const template = `
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: { Type: String, Default: dev }
Globals:
  Function: { Runtime: nodejs24.x, Timeout: 30, Environment: { Variables: { STAGE: !Ref Stage } } }
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: hello/, Handler: index.handler, FunctionName: shop-hello }
  Other:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: hello/, Handler: index.other, Policies: [S3ReadPolicy] }
`;
const handlers = `
exports.handler = async () => ({ ...pick(process.env), memory: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE });
exports.other = async () => 'other';
const pick = ({ STAGE, OWN }) => ({ STAGE, OWN });`;

const shop = (): string => project({ 'template.yaml': template, 'hello/index.js': handlers });
const generous = ['--timeout', '30', '--cpu', '30000'];

describe('a function of a template', () => {
  test.each(['Hello', 'shop-hello'])('%s names it, by logical id or by its name', async (name) => {
    const ended = await runCli(['invoke', name, ...generous], { cwd: shop() });
    expect(JSON.parse(ended.stdout)).toEqual({ STAGE: 'dev', memory: '128' });
    expect(ended.code).toBe(0);
  });

  test('parameters, settings and variables of the command line go over those of the template', async () => {
    const argv = ['invoke', 'Hello', '--parameter-overrides', 'Stage=test', '--env', 'OWN=1'];
    const ended = await runCli([...argv, '--memory', '256', ...generous], { cwd: shop() });
    expect(JSON.parse(ended.stdout)).toEqual({ STAGE: 'test', OWN: '1', memory: '256' });
  });

  test('-t names a template elsewhere, whose code lies beside it', async () => {
    const cwd = project({ 'infra/app.yaml': template, 'infra/hello/index.js': handlers });
    const argv = ['invoke', 'Other', '-t', 'infra/app.yaml', ...generous];
    expect(await runCli(argv, { cwd })).toMatchObject({ code: 0, stdout: '"other"\n' });
  });

  test('the only function needs no name, one of several does', async () => {
    const single = template.replace(/ {2}Other:[\s\S]*$/, '');
    const cwd = project({ 'template.yml': single, 'hello/index.js': handlers });
    expect(await runCli(['invoke', ...generous], { cwd })).toMatchObject({ code: 0 });
    expect(await runCli(['invoke'], { cwd: shop() })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has 2 functions, so one must be named: Hello, Other'),
    });
  });

  test.each([
    [['invoke', 'Nobody'], 1, /template\.yaml has no function "Nobody"; it has Hello, Other/],
    [['invoke', 'hello'], 1, /has no function "hello".*write \.\/hello for the folder/],
    [['invoke', 'Hello', '-t', 'none.yaml'], 1, /none\.yaml: This template cannot be read/],
    [['invoke', 'Hello', '--handler', 'a.b'], 2, /--handler goes with a file/],
  ])('%j is refused with code %d', async (argv, code, message) => {
    const ended = await runCli(argv, { cwd: shop() });
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
  });

  test('where nothing is, the message says what would do', async () => {
    const cwd = project({});
    expect(await runCli(['invoke'], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/expected a file, a folder or a zip, or a function of a temp/),
    });
    expect(await runCli(['invoke', 'Hello'], { cwd })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/there is no "Hello" here/),
    });
  });
});
