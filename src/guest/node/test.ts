import { refusals } from './internal/refusals.ts';

const why = 'tests run outside of a function';
const table = refusals(
  'test',
  'test suite describe it skip todo only expectFailure after afterEach before beforeEach getTestContext run',
  why,
);

/** `node:test` loads, so that modules which name it do; its functions refuse. */
export const builtin = Object.assign(table['test'] as object, table, {
  mock: refusals('test.mock', 'fn method getter setter module reset restoreAll', why),
  snapshot: refusals('test.snapshot', 'setDefaultSnapshotSerializers setResolveSnapshotPath', why),
  assert: refusals('test.assert', 'register', why),
});
