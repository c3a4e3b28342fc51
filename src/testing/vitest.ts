import '../core/node-support.ts';

export { test } from './lambda-fixtures.ts';

export type { LambdaFixtures, LeftoverMode } from './lambda-fixtures.ts';
