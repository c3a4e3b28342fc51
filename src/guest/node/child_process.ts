import { refusals } from './internal/refusals.ts';

export const builtin = refusals(
  'child_process',
  '_forkChild ChildProcess exec execFile execFileSync execSync fork spawn spawnSync',
  'a function runs in an isolate and cannot start processes',
);
