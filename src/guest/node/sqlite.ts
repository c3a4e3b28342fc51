import { refusals } from './internal/refusals.ts';

export const builtin = {
  ...refusals(
    'sqlite',
    'DatabaseSync StatementSync Session backup',
    'there is no SQLite behind it',
  ),
  constants: {
    SQLITE_CHANGESET_OMIT: 0,
    SQLITE_CHANGESET_REPLACE: 1,
    SQLITE_CHANGESET_ABORT: 2,
  },
};
