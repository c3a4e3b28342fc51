import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { project } from '../cli/project.ts';
import { runCli } from '../cli/run-cli.ts';

const files = {
  'src/hello.ts': `export const handler = async ({ name }: { name: string }) => {
    console.log('asked by', name); return 'Hello ' + name; };`,
  'src/count.ts':
    'export const handler = async ({ Records }: { Records: object[] }) => Records.length;',
};
const template = `
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: "exports.handler = async ({ pathParameters }) => pathParameters.id"
      Handler: index.handler
      Runtime: nodejs24.x
      Timeout: 30
      Events:
        Get: { Type: HttpApi, Properties: { Method: get, Path: '/orders/{id}' } }
`;

interface Step {
  readonly command: string;
  readonly printed: string;
}

const text = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');
const steps = [...text.matchAll(/^```console\n(.*?)^```$/gms)].flatMap(([, block = '']): Step[] =>
  block
    .split(/^\$ /m)
    .filter((part) => part !== '')
    .map((part) => {
      const end = part.indexOf('\n');
      return { command: part.slice(0, end), printed: part.slice(end + 1) };
    }),
);

test('docs/cli.md shows sessions of every command', () => {
  expect(new Set(steps.map(({ command }) => command.split(' ')[1]))).toEqual(
    new Set(['invoke', 'serve', 'generate-event', 'doctor']),
  );
});

test.each(steps)('$command prints what docs/cli.md says', async ({ command, printed }) => {
  const serves = command.startsWith('isolambda serve');
  const cwd = project(serves ? { 'template.yaml': template } : files);
  let output = '';
  let stdin = '';
  for (const one of command.split(' | ')) {
    output = '';
    const stop = new AbortController();
    const { stdout, code } = await runCli(argumentsOf(one), {
      cwd,
      stdin,
      signal: stop.signal,
      onWrite: (written) => {
        output += written;
        if (written.includes('Try it')) stop.abort();
      },
    });
    expect(code, one).toBe(0);
    stdin = stdout;
  }
  const shown = output.replace(/\nEnding: .*\n$/, '');
  expect(shown.trimEnd()).toMatch(patternOf(printed.trimEnd()));
});

/** Words of a shell, without the name of the program; budgets that hold on a loaded machine. */
function argumentsOf(command: string): string[] {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, bare]) => quoted ?? bare ?? '',
  );
  const [, name] = words;
  const generous = name === 'invoke' ? ['--timeout', '30', '--cpu', '30000'] : [];
  return [...words.slice(1), ...generous];
}

/** `...` stands for anything. */
function patternOf(printed: string): RegExp {
  const literal = printed
    .split('...')
    .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${literal.join('[\\s\\S]*?')}$`);
}
