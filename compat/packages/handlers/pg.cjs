const { Pool } = require('pg');

exports.handler = async () => {
  const pool = new Pool({ connectionString: process.env.STUB_POSTGRES, max: 2 });
  const simple = await pool.query('select 40 + 2 as answer');
  const prepared = await pool.query('select $1::int as p1, $2::text as p2, $3::text as p3', [
    7,
    'grüße',
    null,
  ]);
  const parallel = await Promise.all(
    [1, 2, 3].map(async (n) => (await pool.query('select $1::int as p1', [n])).rows[0].p1),
  );
  const error = await pool.query('select * from missing_table').catch((reason) => reason);
  await pool.end();
  const closed = await new Pool({ host: '127.0.0.1', port: Number(process.env.CLOSED_PORT) })
    .query('select 1')
    .catch((reason) => reason);
  return {
    simple: simple.rows,
    prepared: prepared.rows,
    parallel,
    error: [error.code, error.message],
    closed: closed.code,
  };
};

exports.expected = {
  simple: [{ answer: 42 }],
  prepared: [{ p1: 7, p2: 'grüße', p3: null }],
  parallel: [1, 2, 3],
  error: ['42P01', 'relation "missing_table" does not exist'],
  closed: 'ECONNREFUSED',
};
