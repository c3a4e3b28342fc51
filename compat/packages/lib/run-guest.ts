/**
 * A process of its own that deploys one handler and invokes it, so that a crash of the engine costs one
 * row: `run-guest.ts <options as JSON>`.
 */
import { Lambda, type CodeSource } from '../../../dist/index.js';
import { credentials } from '../stubs/signature.ts';
import type { GuestReport, RunReport } from './handler-module.ts';

export interface GuestRunOptions {
  readonly code: CodeSource;
  readonly memoryMb: number;
  readonly allowWebAssembly: boolean;
  /** Addresses of the stubs. */
  readonly allow: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly traceId: string;
}

const wallMs = 30_000;

async function run(options: GuestRunOptions): Promise<GuestReport> {
  await using lambda = new Lambda({ credentials, parallelism: 1, blanks: 0 });
  let report: RunReport;
  try {
    const guest = await lambda.createFunction({
      name: 'guest',
      code: options.code,
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
  const lines = lambda.readLogs({ functionName: 'guest' }).map(({ message }) => message);
  return { report, log: lines.join('\n') };
}

const answer = await run(JSON.parse(process.argv[2] ?? '') as GuestRunOptions);
process.send?.(answer, () => process.exit());
