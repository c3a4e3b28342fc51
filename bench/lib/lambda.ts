import { Lambda, type Isolation, type LambdaFunction, type LambdaOptions } from 'isolambda';

export const tiers: readonly Isolation[] = ['inline', 'thread'];

/** AWS's defaults, which every function of the benchmarks has. */
const settings = { timeoutMs: 3_000, memoryMb: 128 } as const;

/** One MB of the setting is the host's. */
export const memoryLimitMb: number = settings.memoryMb - 1;

export interface Deployed {
  readonly lambda: Lambda;
  readonly target: LambdaFunction;
  /** The CPU budget, which is the native timeout of an entry. */
  readonly cpuMs: number;
}

/** A `Lambda` with one function. */
export async function deploy(
  source: string,
  isolation: Isolation,
  options: LambdaOptions = {},
): Promise<Deployed> {
  const lambda = new Lambda(options);
  const target = await lambda.createFunction({
    name: 'measured',
    code: { source },
    isolation,
    ...settings,
  });
  return { lambda, target, cpuMs: target.latest.settings.cpuMs };
}
