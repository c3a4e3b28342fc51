const knex = require('knex');

exports.handler = async () => {
  const db = knex({ client: 'pg', version: '17.0', connection: process.env.STUB_POSTGRES });
  const query = db('orders').where({ id: 7 }).orderBy('at', 'desc').limit(3);
  const { rows } = await db.raw('select ?::int as p1, ?::text as p2', [7, 'tea']);
  await db.destroy();
  return { sql: query.toString(), rows };
};

exports.expected = {
  sql: 'select * from "orders" where "id" = 7 order by "at" desc limit 3',
  rows: [{ p1: 7, p2: 'tea' }],
};
