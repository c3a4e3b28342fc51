/**
 * A shop deploys its order handler, watches it start and answer, rolls out a second version, and survives
 * two functions that misbehave. Every line that it prints is checked: exit code 0 means that all of it is so.
 */
import { Lambda } from 'isolambda';
import { Checks } from './lib/checks.ts';
import { deployOrders } from './lib/deploy.ts';
import { showAnswers } from './lib/answers.ts';
import { showContainment } from './lib/containment.ts';
import { showLatency } from './lib/latency.ts';
import { showMemory } from './lib/memory.ts';
import { progress } from './lib/progress.ts';
import { showRollout } from './lib/rollout.ts';

const startedMs = performance.now();
const checks = new Checks();
// The seed makes ids and the draws of the alias the same on every run.
const lambda = new Lambda({ seed: 2026 });

progress('bundling and deploying the order handler');
const { thread, inline } = await deployOrders(lambda, checks);

await showAnswers(lambda, { thread, inline }, checks);
await showLatency({ thread, inline }, checks);
const live = await showRollout(thread, checks);
await showContainment(lambda, live, checks);
showMemory(lambda, checks);

await lambda.close();
checks.that('close() leaves no environment behind', lambda.stats().environments === 0);

const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
console.log(`\n${checks.summary()}, in ${seconds} s`);
process.exitCode = checks.failed.length === 0 ? 0 : 1;

// A script that closed its Lambda ends by itself, so this timer must never fire.
setTimeout(() => {
  console.error('Something keeps the process alive after close()');
  process.exit(1);
}, 3_000).unref();
