import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { PackageCase } from '../cases.ts';
import { credentials } from '../stubs/signature.ts';
import type { Stubs } from '../stubs/all.ts';
import { runChild } from './child.ts';
import { deploymentFolder, versionOf } from './deployment-folder.ts';
import type { ControlReport, Form, GuestReport, RunReport } from './handler-module.ts';
import type { GuestRunOptions } from './run-guest.ts';

const handlers = fileURLToPath(new URL('../handlers/', import.meta.url));
const modules = fileURLToPath(new URL('../node_modules/', import.meta.url));
const traceId = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';

/** How one deployment of a handler went. */
export type Verdict =
  | { readonly kind: 'works' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'fails'; readonly why: string };

export interface Row {
  /** The handler's file without its extension. */
  readonly id: string;
  readonly case: PackageCase;
  /** Of each package, in the order of the case. */
  readonly versions: readonly string[];
  /** What plain Node says to the same handler. */
  readonly control: Verdict;
  /** `undefined`: not deployed that way. */
  readonly bundle: Verdict | undefined;
  readonly folder: Verdict | undefined;
}

/** Runs one handler in plain Node and, when that went well, in the guest in both forms. */
export async function runCase(packageCase: PackageCase, stubs: Stubs): Promise<Row> {
  const file = join(handlers, packageCase.handler);
  const versions = await Promise.all(packageCase.packages.map((name) => versionOf(name, modules)));
  const environment = {
    ...stubs.environment,
    POWERTOOLS_SERVICE_NAME: 'orders',
  };
  const head = { id: packageCase.handler.replace(/\.[^.]+$/, ''), case: packageCase, versions };

  const answer = await runChild<ControlReport>('run-control.ts', file, {
    ...environment,
    ...controlVariables,
  });
  const [control] = answer.messages;
  const controlVerdict = judge(control?.report ?? crashed(answer), answer.output, control);
  if (control === undefined || controlVerdict.kind !== 'works') {
    return { ...head, control: controlVerdict, bundle: undefined, folder: undefined };
  }

  await using folder =
    packageCase.isDeployedAsFolder === false
      ? undefined
      : await deploymentFolder(file, packageCase.packages, modules);
  const options: GuestRunOptions = {
    codes: { bundle: { file }, ...(folder && { folder: { dir: folder.path } }) },
    memoryMb: packageCase.memoryMb ?? 512,
    allowWebAssembly: packageCase.allowWebAssembly ?? false,
    allow: packageCase.usesNetwork === true ? stubs.allow : [],
    environment,
    traceId,
  };
  const run = await runChild<GuestReport>('run-guest.ts', JSON.stringify(options), {});
  const verdict = (form: Form): Verdict => {
    const message = run.messages.find((candidate) => candidate.form === form);
    // A process that does not end by itself after `close` counts as a failure too.
    const hasEnded = message !== undefined && run.end === 'exit code 0';
    const { report, log } = hasEnded ? message : { report: crashed(run), log: '' };
    return asExpected(judge(report, log, control), packageCase);
  };
  return {
    ...head,
    control: controlVerdict,
    bundle: verdict('bundle'),
    folder: folder && verdict('folder'),
  };
}

/** What must be refused works by failing. */
function asExpected(verdict: Verdict, { refusal }: PackageCase): Verdict {
  if (refusal === undefined) return verdict;
  if (verdict.kind !== 'fails') return { kind: 'fails', why: 'was not refused' };
  return refusal.test(verdict.why) ? { kind: 'refused' } : verdict;
}

/** What Lambda puts there; in the guest the library does. */
const controlVariables = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_SESSION_TOKEN: credentials.sessionToken,
  AWS_LAMBDA_FUNCTION_NAME: 'control',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/control',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
  LAMBDA_TASK_ROOT: '/var/task',
  _X_AMZN_TRACE_ID: traceId,
};

function judge(report: RunReport, log: string, control: ControlReport | undefined): Verdict {
  if (report.kind === 'failed') return { kind: 'fails', why: report.message };
  if (!isDeepStrictEqual(report.result, control?.expected)) {
    return { kind: 'fails', why: `returned ${JSON.stringify(report.result)}` };
  }
  const missing = control?.expectedLog.find(
    ({ source, flags }) => !new RegExp(source, flags).test(log),
  );
  if (missing === undefined) return { kind: 'works' };
  return { kind: 'fails', why: `the log lacks /${missing.source}/` };
}

function crashed({ end, output }: { readonly end: string; readonly output: string }): RunReport {
  return { kind: 'failed', message: `the process ended (${end})\n${output.trim().slice(-2_000)}` };
}
