import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Load {
  readonly perSecond: number;
  /** Microseconds. */
  readonly p50: number;
  readonly p99: number;
}

const script = `wrk.method = "POST"
wrk.body = "{}"
wrk.headers["content-type"] = "application/json"
`;

/** Whether `wrk` is there: a load of its own process, in C, is the only one that does not measure itself. */
export async function hasWrk(): Promise<boolean> {
  try {
    await promisify(execFile)('wrk', ['--version']);
    return true;
  } catch (error) {
    // wrk prints its version and ends with 1.
    return (error as { code?: unknown }).code === 1;
  }
}

/** POSTs `{}` from 16 connections for some seconds. */
export async function wrk(url: string, seconds: number): Promise<Load> {
  const folder = mkdtempSync(join(tmpdir(), 'isolambda-'));
  const file = join(folder, 'post.lua');
  writeFileSync(file, script);
  try {
    const args = ['-t1', '-c16', `-d${seconds}s`, '--latency', '-s', file, url];
    const { stdout } = await promisify(execFile)('wrk', args);
    const failed = /Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1];
    if (failed !== undefined) throw new Error(`${failed} requests to ${url} failed`);
    return {
      perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
      p50: microseconds(/^\s+50%\s+(\S+)/m.exec(stdout)?.[1]),
      p99: microseconds(/^\s+99%\s+(\S+)/m.exec(stdout)?.[1]),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function microseconds(text = ''): number {
  const [, number, unit] = /^([\d.]+)(us|ms|s)$/.exec(text) ?? [];
  return Number(number) * (unit === 's' ? 1e6 : unit === 'ms' ? 1e3 : 1);
}
