import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../fixtures/soak-child.ts', import.meta.url));

/** `SOAK_CYCLES=10000 vitest …` for the long run; one cycle is two functions and four invocations. */
const cycles = Number(process.env['SOAK_CYCLES'] ?? 150);

/** Growth of the first hundreds of cycles is warm-up of V8 and of the allocator; it flattens out. */
const mostGrowthMb = 64;

interface Figures {
  readonly rssMb: number;
  readonly heapMb: number;
  readonly handles: number;
}

test(
  `${cycles} cycles of deploy, invoke, kill and dispose leave nothing behind`,
  { timeout: 60_000 + cycles * 300 },
  async () => {
    const args = ['--expose-gc', script, String(cycles)];
    const env = { PATH: process.env['PATH'] };
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    const said = JSON.parse(stdout) as { before: Figures; after: Figures };

    expect(said).toMatchObject({ environments: 0, running: 0, zombies: 0 });
    expect(said.after.handles).toBe(said.before.handles);
    expect(said.after.rssMb - said.before.rssMb).toBeLessThan(mostGrowthMb);
  },
);
