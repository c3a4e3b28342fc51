import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root: string = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(root, 'node_modules', '.bin');

/** Does one thing and says so. After a failure the script goes on, and ends with exit code 1. */
export function step(name: string, work: () => void): boolean {
  const startedMs = performance.now();
  try {
    work();
  } catch (error) {
    console.log(`FAILED  ${name}\n${describe(error)}`);
    process.exitCode = 1;
    return false;
  }
  console.log(`ok  ${name} (${((performance.now() - startedMs) / 1_000).toFixed(1)} s)`);
  return true;
}

/** A step that the following ones build on: when it fails, nothing else is tried. */
export function need(name: string, work: () => void): void {
  if (!step(name, work)) process.exit();
}

/** Runs a command with the tools of this repository first in PATH, and gives what it prints. */
export function run(command: string, args: readonly string[], cwd: string = root): string {
  return execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH']}`, NO_COLOR: '1' },
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** A folder that is gone when the process ends. */
export function temporaryFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Packs the package as `npm publish` would, build included; gives the path of the tarball. With the variable `PACKED`
 * it is kept in that folder, and taken from there the next time.
 */
export function pack(into: string): string {
  const folder = process.env['PACKED'] ?? into;
  const kept = tarballIn(folder);
  if (kept !== undefined) return kept;
  run('npm', ['pack', '--pack-destination', folder]);
  const packed = tarballIn(folder);
  if (packed === undefined) throw new Error('npm pack made no tarball');
  return packed;
}

function tarballIn(folder: string): string | undefined {
  const name = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  return name === undefined ? undefined : join(folder, name);
}

function describe(error: unknown): string {
  const { stdout, stderr } = error as { stdout?: string; stderr?: string };
  const printed = [stdout, stderr].filter((text) => text !== undefined && text !== '').join('\n');
  return printed === '' ? String(error) : printed;
}
