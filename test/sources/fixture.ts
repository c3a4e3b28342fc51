import type { FunctionOptions } from '../../src/functions/function-options.ts';
import type { Lambda, LambdaFunction } from '../../src/index.ts';
import { Report } from '../../src/invoke/report.ts';

export { onVirtualTime, record, start } from '../async/fixture.ts';

/** What a function got in one invocation. */
export interface SeenBatch {
  readonly Records: readonly {
    readonly messageId: string;
    readonly body: string;
    readonly attributes: Readonly<Record<string, string>>;
  }[];
}

/** Deploys a function that keeps every event; `body` decides what it answers. */
export async function collector(
  lambda: Lambda,
  body = '',
  options: Partial<FunctionOptions> = {},
): Promise<{ readonly target: LambdaFunction; readonly seen: readonly SeenBatch[] }> {
  const seen: SeenBatch[] = [];
  lambda.on('log.written', ({ body: line }) => {
    if (line.startsWith('{"')) seen.push(JSON.parse(line) as SeenBatch);
  });
  const source = `exports.handler = async (event) => { console.log(JSON.stringify(event)); ${body} };`;
  const target = await lambda.createFunction({
    name: 'consumer',
    code: { source },
    isolation: 'inline',
    cpuMs: 5_000,
    ...options,
  });
  return { target, seen };
}

export function bodies(batches: readonly SeenBatch[]): string[][] {
  return batches.map(({ Records }) => Records.map(({ body }) => body));
}

/** Sends texts, ten at a time. */
export async function sendAll(
  queue: { sendBatch: (entries: { id: string; body: string }[]) => Promise<unknown> },
  texts: readonly string[],
): Promise<void> {
  for (let from = 0; from < texts.length; from += 10) {
    const some = texts.slice(from, from + 10);
    await queue.sendBatch(some.map((body, index) => ({ id: String(index), body })));
  }
}

/** Of invocations that a test makes up. */
export const figures: Report = new Report({
  requestId: 'r',
  durationMs: 1,
  initDurationMs: undefined,
  cpuMs: 1,
  memoryMb: 128,
  peakMemoryBytes: 0,
  status: 'success',
  errorType: undefined,
});
