import { eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import pg from 'pg';

const orders = pgTable('orders', { id: integer('id').primaryKey(), item: text('item') });

export const handler = async () => {
  const pool = new pg.Pool({ connectionString: process.env.STUB_POSTGRES });
  const db = drizzle(pool);
  const query = db.select().from(orders).where(eq(orders.id, 7));
  const { rows } = await db.execute(sql`select ${7}::int as p1, ${'tea'}::text as p2`);
  await pool.end();
  return { query: query.toSQL(), rows };
};

export const expected = {
  query: {
    sql: 'select "id", "item" from "orders" where "orders"."id" = $1',
    params: [7],
  },
  rows: [{ p1: 7, p2: 'tea' }],
};
