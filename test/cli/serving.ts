import { onTestFinished } from 'vitest';
import { runCli, type Ended } from './run-cli.ts';

type Line = { readonly type: string } & Readonly<Record<string, unknown>>;

interface Ready extends Line {
  readonly endpoint: string;
  readonly functions: readonly { readonly name: string; readonly urls: readonly string[] }[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly apis: readonly { readonly name: string; readonly url: string }[];
}

/** A server in this process that tells what it does as JSON. */
export interface Serving {
  readonly ready: Ready;
  /** The next line of that type which nobody has seen yet, as soon as it is there. */
  next(type: string): Promise<Line>;
  /** Ctrl-C, and what came of it. */
  stop(): Promise<Ended>;
}

export async function serving(
  argv: readonly string[],
  options: { readonly cwd: string },
): Promise<Serving> {
  const stopping = new AbortController();
  const lines: Line[] = [];
  let wake = Promise.withResolvers<void>();
  const ended = runCli(['serve', '--port', '0', '--json', ...argv], {
    ...options,
    signal: stopping.signal,
    onWrite: (text) => {
      for (const line of text.split('\n')) {
        if (line.startsWith('{')) lines.push(JSON.parse(line) as Line);
      }
      wake.resolve();
      wake = Promise.withResolvers();
    },
  });
  const stop = (): Promise<Ended> => {
    stopping.abort();
    return ended;
  };
  onTestFinished(async () => void (await stop()));
  const next = async (type: string): Promise<Line> => {
    for (;;) {
      const index = lines.findIndex((line) => line.type === type);
      if (index >= 0) return lines.splice(index, 1)[0] as Line;
      const over = await Promise.race([wake.promise, ended]);
      if (over !== undefined) throw new Error(`The server ended: ${JSON.stringify(over)}`);
    }
  };
  return { ready: (await next('ready')) as Ready, next, stop };
}
