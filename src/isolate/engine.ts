import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import type ivm from 'isolated-vm';
import { setRealTimer } from '../core/clock.ts';
import { RuntimeFaultError } from '../core/errors.ts';

/** isolated-vm's module object. */
export type Engine = typeof ivm;

/**
 * V8 13 unrolls some loops so that no termination request is ever seen inside them
 * (native-notes/watchdog.md). The flag must be set before any guest compiles, so it is set on load.
 */
const v8Major = Number.parseInt(process.versions.v8, 10);
export const unrollingFlag: string | undefined =
  v8Major >= 13 ? '--no-turboshaft-loop-unrolling' : undefined;
if (unrollingFlag !== undefined) setFlagsFromString(unrollingFlag);

export const engine: Engine = loadEngine();

function loadEngine(): Engine {
  try {
    return createRequire(import.meta.url)('isolated-vm') as Engine;
  } catch (cause) {
    const line = v8Major >= 13 ? '^7.0.1' : '^6.2.0';
    throw new RuntimeFaultError(
      `The native module isolated-vm could not be loaded on Node ${process.versions.node} ` +
        `(${process.platform} ${process.arch}). This Node needs isolated-vm ${line}: ` +
        `run \`npm install isolated-vm@${line}\`.`,
      { cause },
    );
  }
}

/** How long the loop of the self-test runs: long enough for V8 to optimise it. */
const selfTestMs = 20;
const selfTestPatienceMs = 5_000;
let selfTestResult: Promise<void> | undefined;

/**
 * Proves once per process that a runaway loop dies, on a pool thread, so that a failure hangs nobody. The
 * loop is of the kind that the flag above is about: without it, the loop would never end.
 */
export function selfTest(): Promise<void> {
  selfTestResult ??= runSelfTest();
  return selfTestResult;
}

async function runSelfTest(): Promise<void> {
  const isolate = new engine.Isolate({ memoryLimit: 32, onCatastrophicError: () => {} });
  const context = isolate.createContextSync();
  const script = isolate.compileScriptSync(
    'const kept = []; for (let i = 0; ; i += 1) kept[i % 100] = new Array(1000);',
  );
  const { promise: tooLate, resolve: giveUp } = Promise.withResolvers<'running'>();
  const patience = setRealTimer(() => giveUp('running'), selfTestPatienceMs);
  const outcome = await Promise.race([
    script.run(context, { timeout: selfTestMs }).then(
      () => 'ended',
      (error: unknown) => String(error),
    ),
    tooLate,
  ]);
  patience.cancel();
  isolate.dispose();
  if (outcome.includes('timed out')) return;
  throw new RuntimeFaultError(
    `The engine failed its self-test: a loop without an end was not stopped (${outcome}). ` +
      'isolambda refuses to run guests on this build of Node and isolated-vm',
  );
}
