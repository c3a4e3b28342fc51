import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { fail, ok, warn, type Check } from './check.ts';

/** isolated-vm has binaries for these lines of Node. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if ((major === 22 && minor >= 12) || major === 24 || major === 26) return ok('Node', version);
  return fail(
    'Node',
    `${version}; isolambda runs on 22 (from 22.12), 24 and 26`,
    'use one of those, for example with npx node@24',
  );
}

export function checkMachine(): Check {
  const gigabytes = (totalmem() / 2 ** 30).toFixed(1);
  const { platform, arch, versions } = process;
  const detail = `${platform}-${arch}, ABI ${versions.modules}, ${availableParallelism()} cores, ${gigabytes} GB`;
  return ok('machine', detail);
}

/** `given` is what NODE_OPTIONS and the command line of Node say. */
export function checkFlags(given: readonly string[]): Check {
  const has = (flag: string): boolean =>
    given.some((one) => one === flag || one.startsWith(`${flag}=`));
  if (has('--no-addons')) {
    return fail('flags', '--no-addons keeps isolated-vm from loading', 'take --no-addons away');
  }
  if (has('--permission') && !has('--allow-addons')) {
    return fail(
      'flags',
      '--permission keeps isolated-vm from loading',
      'add --allow-addons, or take --permission away',
    );
  }
  if (has('--jitless')) {
    return warn(
      'flags',
      '--jitless: handlers are interpreted, many times slower, and WebAssembly is missing',
      'take --jitless away',
    );
  }
  if (has('--turboshaft-loop-unrolling')) {
    return warn(
      'flags',
      '--turboshaft-loop-unrolling: isolambda switches it off again, as some loops cannot be stopped with it',
      'take --turboshaft-loop-unrolling away',
    );
  }
  if (has('--no-node-snapshot')) {
    return ok('flags', '--no-node-snapshot is given; isolambda does not need it');
  }
  return ok('flags', given.length === 0 ? 'none' : `${given.join(' ')}: none that matters`);
}

/** Where `serve --storage` and `Lambda.open` would write when they are given a bare name. */
export async function checkFolder(folder: string): Promise<Check> {
  try {
    await access(folder, constants.W_OK);
    return ok('folder', `${folder} is writable, for files of --storage`);
  } catch {
    return warn(
      'folder',
      `${folder} is not writable`,
      'give --storage a path where this user may write',
    );
  }
}

/** Bundling is optional, a broken esbuild is a trouble of its own. */
export async function checkEsbuild(
  load: () => Promise<{
    readonly version: string;
    transform(text: string, options: object): Promise<unknown>;
  }>,
): Promise<Check> {
  const advice = 'npm install --save-dev esbuild';
  let esbuild;
  try {
    esbuild = await load();
  } catch {
    return warn('esbuild', 'not installed: entry files and TypeScript cannot be bundled', advice);
  }
  try {
    await esbuild.transform('const a: number = 1', { loader: 'ts' });
    return ok('esbuild', esbuild.version);
  } catch (error) {
    const [problem = ''] = String(error).split('\n');
    return warn('esbuild', `${esbuild.version} is installed and does not work: ${problem}`, advice);
  }
}
