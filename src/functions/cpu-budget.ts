/**
 * A function with little memory and a short timeout would get a budget that V8's own start-up and
 * compilation could use up; below this floor the timeout alone decides.
 */
const cpuFloorMs = 100;

/**
 * The CPU time that AWS's share of a vCPU could deliver within the timeout. Above one vCPU it stays at
 * the timeout, because one isolate runs on one thread.
 */
export function defaultCpuMs(timeoutMs: number, memoryMb: number, memoryMbPerVcpu: number): number {
  const shareMs = Math.ceil((timeoutMs * memoryMb) / memoryMbPerVcpu);
  return Math.min(timeoutMs, Math.max(cpuFloorMs, shareMs));
}
