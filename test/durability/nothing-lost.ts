import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../../src/core/random.ts';

export interface NothingLostOptions {
  readonly kills: number;
  readonly seed: number;
  readonly onProgress?: (text: string) => void;
}

export interface NothingLostResult {
  readonly kills: number;
  /** Of them before the host was ready: while it opened the file and restored its functions. */
  readonly killsWhileOpening: number;
  readonly accepted: number;
  /** Events by where they ended. */
  readonly places: Readonly<Record<string, number>>;
  /** Copies beyond the first one, in the same place. */
  readonly duplicates: number;
  /** Accepted and nowhere. */
  readonly lost: readonly number[];
  /** In more than one place. */
  readonly torn: readonly number[];
  readonly fileMb: number;
  readonly seconds: number;
}

/** Virtual milliseconds that pass in a real one. */
const factor = 200;
const child = fileURLToPath(new URL('host-child.ts', import.meta.url));

/** Kills a host at random moments, starts it again each time, and looks where every accepted event ended. */
export async function nothingLost(options: NothingLostOptions): Promise<NothingLostResult> {
  const { kills, seed, onProgress = () => {} } = options;
  const random = seededRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), 'isolambda-kill-'));
  const file = join(folder, 'host.db');
  const beganMs = Date.now();
  const accepted = new Set<number>();
  let killsWhileOpening = 0;
  let openingMs = 0;
  try {
    for (let round = 0; round < kills; round += 1) {
      const host = start('run', file, beganMs, 1 + round * 1_000_000);
      // One in seven is killed while it opens its file; the first start says how long that takes.
      const isEarly = round > 0 && random() < 1 / 7;
      const afterMs = isEarly ? random() * openingMs : 20 + random() * 700;
      const startedMs = Date.now();
      const wasReady = await killAfter(host, isEarly ? 'start' : 'ready', afterMs, accepted);
      if (round === 0) openingMs = Date.now() - startedMs - afterMs;
      if (!wasReady) killsWhileOpening += 1;
      onProgress(`kill ${round + 1} of ${kills}, ${accepted.size} events accepted`);
    }
    onProgress('waiting until all events are dealt with');
    const places = await contents(start('drain', file, beganMs, 0));
    return {
      ...compare(accepted, places),
      kills,
      killsWhileOpening,
      fileMb: statSync(file).size / 1_048_576,
      seconds: (Date.now() - beganMs) / 1_000,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function start(mode: 'run' | 'drain', file: string, beganMs: number, first: number): ChildProcess {
  const args = [child, mode, file, String(beganMs), String(factor), String(first)];
  return spawn(process.execPath, ['--no-warnings', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Whether the host was ready before it was killed. A host that ends by itself is a failure. */
async function killAfter(
  host: ChildProcess,
  since: 'start' | 'ready',
  afterMs: number,
  accepted: Set<number>,
): Promise<boolean> {
  let wasReady = false;
  let timer: NodeJS.Timeout | undefined;
  const killLater = (): void => {
    timer = setTimeout(() => host.kill('SIGKILL'), afterMs);
  };
  if (since === 'start') killLater();
  const lines = linesOf(host, (line) => {
    if (line === 'ready') {
      wasReady = true;
      if (since === 'ready') killLater();
    }
    const [, n] = /^accepted (\d+)$/.exec(line) ?? [];
    if (n !== undefined) accepted.add(Number(n));
  });
  const { signal, code } = await exitOf(host);
  clearTimeout(timer);
  await lines;
  if (signal !== 'SIGKILL') throw new Error(`The host ended by itself, with code ${code}`);
  return wasReady;
}

/** Where each event is, as often as it is there. */
async function contents(host: ChildProcess): Promise<Map<number, string[]>> {
  const places = new Map<number, string[]>();
  let isWhole = false;
  const lines = linesOf(host, (line) => {
    if (line === 'end') isWhole = true;
    const [, place, n] = /^(done|failed|dead) (\d+)$/.exec(line) ?? [];
    if (place === undefined) return;
    const found = places.get(Number(n));
    if (found === undefined) places.set(Number(n), [place]);
    else found.push(place);
  });
  const { code } = await exitOf(host);
  await lines;
  if (code !== 0 || !isWhole) throw new Error(`The last host ended with code ${code}`);
  return places;
}

function compare(
  accepted: ReadonlySet<number>,
  found: ReadonlyMap<number, readonly string[]>,
): Pick<NothingLostResult, 'accepted' | 'places' | 'duplicates' | 'lost' | 'torn'> {
  const places: Record<string, number> = {};
  const lost: number[] = [];
  const torn: number[] = [];
  let duplicates = 0;
  for (const n of accepted) {
    const copies = found.get(n) ?? [];
    const [place] = copies;
    if (place === undefined) lost.push(n);
    else places[place] = (places[place] ?? 0) + 1;
    if (new Set(copies).size > 1) torn.push(n);
    duplicates += Math.max(copies.length - 1, 0);
  }
  return { accepted: accepted.size, places, duplicates, lost, torn };
}

async function linesOf(host: ChildProcess, onLine: (line: string) => void): Promise<void> {
  if (host.stdout === null) throw new Error('The host has no output');
  for await (const line of createInterface({ input: host.stdout })) onLine(line);
}

function exitOf(host: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve, reject) => {
    host.once('error', reject);
    host.once('exit', (code, signal) => resolve({ code, signal }));
  });
}
