/**
 * A process of its own that deploys a handler and invokes it, so that a crash of the engine costs one
 * row: `run-guest.ts <options as JSON>`.
 */
import { Lambda, type CodeSource } from '../../../dist/index.js';
import { credentials } from '../stubs/signature.ts';
import type { Form, GuestReport, RunReport } from './handler-module.ts';

export interface GuestRunOptions {
  /** What to deploy, one after the other. */
  readonly codes: Readonly<Partial<Record<Form, CodeSource>>>;
  readonly memoryMb: number;
  readonly allowWebAssembly: boolean;
  /** Addresses of the stubs. */
  readonly allow: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly traceId: string;
}

const wallMs = 30_000;

async function run(
  lambda: Lambda,
  form: Form,
  code: CodeSource,
  options: GuestRunOptions,
): Promise<GuestReport> {
  let report: RunReport;
  try {
    const guest = await lambda.createFunction({
      name: form,
      code,
      memoryMb: options.memoryMb,
      timeoutMs: wallMs,
      initTimeoutMs: wallMs,
      cpuMs: wallMs,
      allowWebAssembly: options.allowWebAssembly,
      environment: options.environment,
      network: { mode: 'public', allow: options.allow },
    });
    const outcome = await guest.invoke({}, { traceId: options.traceId });
    if (outcome.status === 'ok') report = { kind: 'returned', result: outcome.result };
    else {
      const { errorType, errorMessage, trace = [] } = outcome.error;
      report = { kind: 'failed', message: [`${errorType}: ${errorMessage}`, ...trace].join('\n') };
    }
  } catch (error) {
    report = { kind: 'failed', message: String(error) };
  }
  const lines = lambda.readLogs({ functionName: form }).map(({ message }) => message);
  return { form, report, log: lines.join('\n') };
}

const options = JSON.parse(process.argv[2] ?? '') as GuestRunOptions;
await using lambda = new Lambda({ credentials, parallelism: 1, blanks: 0 });
for (const form of ['bundle', 'folder'] as const) {
  const code = options.codes[form];
  if (code !== undefined) process.send?.(await run(lambda, form, code, options));
}
process.disconnect?.();
