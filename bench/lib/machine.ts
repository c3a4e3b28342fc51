import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

const require = createRequire(import.meta.url);

/** Where and with what the figures were taken. */
export function describeMachine(): string[] {
  const cores = availableParallelism();
  const memoryGb = (totalmem() / 2 ** 30).toFixed(1);
  const cpu = cpus()[0]?.model.trim() ?? 'unknown CPU';
  return [
    `${cpu}, ${cores} cores, ${memoryGb} GB, ${process.platform} ${process.arch}`,
    `Node ${process.versions.node}, V8 ${process.versions.v8}, isolated-vm ${isolatedVmVersion()}`,
    `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, ${describeLoad()}`,
  ];
}

/** The load of the last minute; from half a core on, something else was running. */
export function describeLoad(): string {
  return `load average ${loadavg()[0]?.toFixed(2)}`;
}

function isolatedVmVersion(): string {
  const path = require.resolve('isolated-vm/package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
