import type { HttpApi, Lambda, LambdaFunction, RestApi } from '../../index.ts';
import type { Terminal } from '../terminal.ts';

/** What is served, as data. */
export interface Overview {
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  /** Whether requests have to be signed. */
  readonly isSigned: boolean;
  readonly functions: readonly ServedFunction[];
  readonly apis: readonly ServedApi[];
  /** Of the template. */
  readonly outputs: Readonly<Record<string, string>>;
}

interface ServedFunction {
  readonly name: string;
  readonly runtime: string;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  /** Function URLs, of the function and of its aliases. */
  readonly urls: readonly string[];
}

interface ServedApi {
  readonly name: string;
  readonly url: string;
  readonly routes: HttpApi['routes'];
}

export interface Served {
  readonly lambda: Lambda;
  readonly apis: readonly (HttpApi | RestApi)[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  readonly isSigned: boolean;
}

export function overviewOf({ lambda, apis, ...about }: Served): Overview {
  const { port } = new URL(about.endpoint);
  const here = (url: string): string => localUrl(url, port);
  return {
    ...about,
    functions: lambda.listFunctions().map((fn) => functionOf(fn, here)),
    apis: apis.map(({ name, url, routes }) => ({
      name,
      url: apis.length === 1 ? `${about.endpoint}/` : here(url),
      routes,
    })),
  };
}

/** The same address where this server answers it; names below `localhost` lead to this machine. */
function localUrl(url: string, port: string): string {
  const { hostname, pathname } = new URL(url);
  const host = hostname.replace(/\.(?:amazonaws\.com|on\.aws)$/, '.localhost');
  return `http://${host}:${port}${pathname}`;
}

function functionOf(fn: LambdaFunction, here: (url: string) => string): ServedFunction {
  const { runtime, memoryMb, timeoutMs } = fn.latest.settings;
  const aliases = fn.listAliases().map(({ name }) => fn.getAlias(name));
  const urls = [fn, ...aliases].flatMap((one) => one.getUrl()?.url ?? []).map(here);
  return { name: fn.name, runtime, memoryMb, timeoutMs, urls };
}

/** The overview for people. */
export function shown(overview: Overview, terminal: Terminal): string {
  const { endpoint, region, accountId, functions, apis } = overview;
  const title = (text: string): string => terminal.resultStyle('bold', text);
  const width = Math.max(8, ...functions.map(({ name }) => name.length));
  const lines = [
    `${title('AWS endpoint')}  ${endpoint}  (${region}, account ${accountId})`,
    '',
    title('Functions'),
    ...(functions.length === 0 ? ['  none yet'] : []),
    ...functions.map(({ name, runtime, memoryMb, timeoutMs, urls }) =>
      `  ${name.padEnd(width)}  ${runtime}  ${memoryMb} MB  ${timeoutMs / 1_000} s  ${urls.join(' ')}`.trimEnd(),
    ),
  ];
  for (const { name, url, routes } of apis) {
    lines.push('', `${title(`API ${name}`)}  ${url}`);
    for (const { method, path, functionName } of routes) {
      lines.push(`  ${method.padEnd(7)} ${path.padEnd(28)}  ${functionName}`);
    }
  }
  const outputs = Object.entries(overview.outputs);
  if (outputs.length > 0) lines.push('', title('Outputs'));
  for (const [name, value] of outputs) lines.push(`  ${name}  ${value}`);
  lines.push('', title('Try it'), `  ${tryIt(overview)}`, '');
  return lines.join('\n');
}

/** A line for the AWS CLI that can be copied. */
function tryIt({ endpoint, region, isSigned, functions }: Overview): string {
  const where = `--endpoint-url ${endpoint} --region ${region}`;
  // Without keys nobody reads signatures, and the CLI would ask for credentials first.
  const access = isSigned ? '' : ' --no-sign-request';
  const [first] = functions;
  if (first === undefined) return `aws lambda list-functions ${where}${access}`;
  // Without a payload the event is {}: versions 1 and 2 of the CLI want payloads in different ways.
  return `aws lambda invoke ${where}${access} --function-name ${first.name} /dev/stdout`;
}
