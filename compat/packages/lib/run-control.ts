/**
 * A process of its own that runs one handler in plain Node: `run-control.ts <handler file>`. Reports to
 * its parent; the log is its standard output.
 */
import { pathToFileURL } from 'node:url';
import type { ControlReport, HandlerModule, RunReport } from './handler-module.ts';

const [file = ''] = process.argv.slice(2);

async function run(): Promise<ControlReport> {
  let module: HandlerModule | undefined;
  let report: RunReport;
  try {
    module = (await import(pathToFileURL(file).href)) as HandlerModule;
    const context = {
      awsRequestId: '00000000-0000-4000-8000-000000000001',
      functionName: 'control',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:control',
      memoryLimitInMB: '512',
      logGroupName: '/aws/lambda/control',
      logStreamName: '2026/01/01/[$LATEST]0',
      getRemainingTimeInMillis: () => 10_000,
      callbackWaitsForEmptyEventLoop: true,
    };
    report = { kind: 'returned', result: await module.handler({}, context) };
  } catch (error) {
    report = {
      kind: 'failed',
      message: error instanceof Error ? (error.stack ?? '') : String(error),
    };
  }
  const expectedLog = (module?.expectedLog ?? []).map(({ source, flags }) => ({ source, flags }));
  return { report, expected: module?.expected, expectedLog };
}

// Exits by itself, because handlers may leave connections open as they do on Lambda.
process.send?.(await run(), () => process.exit());
