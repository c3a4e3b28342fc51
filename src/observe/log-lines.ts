import type { EnvironmentInfo, LambdaEvents, ReportFigures } from '../core/events.ts';

/** Names of the events that a log stream is made of. */
export const loggedEvents = [
  'log.written',
  'environment.started',
  'environment.ready',
  'environment.initFailed',
  'invocation.finished',
] as const;

/** The START line of an invocation that logged something before it finished. */
export interface StartEntry {
  readonly type: 'start';
  readonly at: number;
  readonly requestId: string;
  readonly environment: EnvironmentInfo;
}

/** What a log stream holds: events as they came, turned into text only when somebody reads it. */
export type LogEntry = LambdaEvents[(typeof loggedEvents)[number]] | StartEntry;

/**
 * The lines of an entry, byte for byte as AWS writes them, without the newline at the end.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export function linesOf(entry: LogEntry): string[] {
  return entry.environment.logFormat === 'JSON' ? jsonLines(entry) : textLines(entry);
}

function textLines(entry: LogEntry): string[] {
  switch (entry.type) {
    case 'log.written':
      return [consoleText(entry)];
    case 'environment.started':
      if (entry.phase === 'invoke') return [];
      return [
        `INIT_START Runtime Version: ${runtimeVersion(entry.environment)}\tRuntime Version ARN: ${runtimeVersionArn}`,
      ];
    case 'environment.ready':
      return [];
    case 'environment.initFailed': {
      const { initDurationMs, phase, status, errorType } = entry;
      const type = errorType === undefined ? '' : `\tError Type: ${errorType}`;
      return [
        `INIT_REPORT Init Duration: ${initDurationMs.toFixed(2)} ms\tPhase: ${phase}\tStatus: ${status}${type}`,
      ];
    }
    case 'start':
      return [`START RequestId: ${entry.requestId} Version: ${entry.environment.functionVersion}`];
    case 'invocation.finished':
      return [`END RequestId: ${entry.requestId}`, reportText(entry.requestId, entry.report)];
  }
}

function consoleText(event: LambdaEvents['log.written']): string {
  if (event.kind === 'raw') return event.body;
  return `${iso(event.at)}\t${requestIdOrNone(event)}\t${event.level}\t${event.body}`;
}

/** Before the first invocation Node 22's client prints `undefined`, Node 24's a dash. */
function requestIdOrNone(event: LambdaEvents['log.written']): string {
  if (event.requestId !== undefined) return event.requestId;
  return event.environment.runtime === 'nodejs24.x' ? '-' : 'undefined';
}

function reportText(requestId: string, report: ReportFigures): string {
  const fields = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${report.durationMs.toFixed(2)} ms`,
    `Billed Duration: ${report.billedDurationMs} ms`,
    `Memory Size: ${report.memoryMb} MB`,
    `Max Memory Used: ${report.maxMemoryUsedMb} MB`,
  ];
  if (report.initDurationMs !== undefined) {
    fields.push(`Init Duration: ${report.initDurationMs.toFixed(2)} ms`);
  }
  if (report.status === 'timeout') fields.push('Status: timeout');
  // An error that the handler threw leaves no mark on the line; a crash does.
  if (report.status === 'failure') fields.push('Status: error', `Error Type: ${report.errorType}`);
  return `${fields.join('\t')}\t`;
}

/** Least severe level at which each platform event is written. */
const systemLevels = ['DEBUG', 'INFO', 'WARN'] as const;

function jsonLines(entry: LogEntry): string[] {
  if (entry.type === 'log.written') return [consoleJson(entry)];
  return platformEvents(entry)
    .filter(({ level }) => isWritten(level, entry.environment))
    .map(({ type, record }) =>
      JSON.stringify({ time: iso(entry.at), type: `platform.${type}`, record }),
    );
}

function isWritten(level: (typeof systemLevels)[number], environment: EnvironmentInfo): boolean {
  return systemLevels.indexOf(level) >= systemLevels.indexOf(environment.systemLogLevel);
}

function consoleJson(event: LambdaEvents['log.written']): string {
  if (event.kind === 'raw') return event.body;
  const { tenantId } = event.environment;
  const tenant = tenantId === undefined ? '' : `,"tenantId":${JSON.stringify(tenantId)}`;
  const head = `"timestamp":"${iso(event.at)}","level":"${event.level}"`;
  return `{${head},"requestId":${JSON.stringify(requestIdOrNone(event))}${tenant},${event.body}}`;
}

interface PlatformEvent {
  readonly type: string;
  readonly level: (typeof systemLevels)[number];
  readonly record: object;
}

function platformEvents(entry: Exclude<LogEntry, { type: 'log.written' }>): PlatformEvent[] {
  const { initializationType } = entry.environment;
  const initialization = { initializationType };
  switch (entry.type) {
    case 'environment.started': {
      if (entry.phase === 'invoke') return [];
      const { environment } = entry;
      const record = {
        ...initialization,
        phase: 'init',
        runtimeVersion: runtimeVersion(environment),
        runtimeVersionArn,
        functionName: environment.functionName,
        functionVersion: environment.functionVersion,
      };
      return [{ type: 'initStart', level: 'INFO', record }];
    }
    case 'environment.ready': {
      const phase = { ...initialization, phase: 'init', status: 'success' };
      const metrics = { durationMs: rounded(entry.initDurationMs) };
      return [
        { type: 'initRuntimeDone', level: 'DEBUG', record: phase },
        {
          type: 'initReport',
          level: initializationType === 'on-demand' ? 'DEBUG' : 'INFO',
          record: { ...phase, metrics },
        },
      ];
    }
    case 'environment.initFailed': {
      const { phase, status, errorType, initDurationMs } = entry;
      const failed = { ...initialization, phase, status, errorType };
      const metrics = { durationMs: rounded(initDurationMs) };
      return [
        { type: 'initRuntimeDone', level: 'WARN', record: failed },
        { type: 'initReport', level: 'WARN', record: { ...failed, metrics } },
      ];
    }
    case 'start': {
      const { requestId, environment } = entry;
      const { functionVersion: version, tenantId } = environment;
      const record = { requestId, version, tenantId };
      return [{ type: 'start', level: 'INFO', record }];
    }
    case 'invocation.finished':
      return reportEvents(entry);
  }
}

function reportEvents(event: LambdaEvents['invocation.finished']): PlatformEvent[] {
  const { requestId, report } = event;
  const { status, errorType } = report;
  const { tenantId } = event.environment;
  const isSuccess = status === 'success';
  const metrics = {
    durationMs: rounded(report.durationMs),
    billedDurationMs: report.billedDurationMs,
    memorySizeMB: report.memoryMb,
    maxMemoryUsedMB: report.maxMemoryUsedMb,
    initDurationMs:
      report.initDurationMs === undefined ? undefined : rounded(report.initDurationMs),
  };
  const done = { durationMs: rounded(report.durationMs) };
  return [
    {
      type: 'runtimeDone',
      level: isSuccess ? 'DEBUG' : 'WARN',
      record: { requestId, status, errorType, tenantId, metrics: done, spans: [] },
    },
    {
      type: 'report',
      level: isSuccess ? 'INFO' : 'WARN',
      record: { requestId, status, errorType, tenantId, metrics },
    },
  ];
}

function runtimeVersion(environment: EnvironmentInfo): string {
  return environment.runtime.replace(/^nodejs(\d+)\.x$/, 'nodejs:$1.v10');
}

/** AWS prints the ARN of a runtime build; there is none here, so the hash is zero. */
const runtimeVersionArn = `arn:aws:lambda:us-east-1::runtime:${'0'.repeat(64)}`;

function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
