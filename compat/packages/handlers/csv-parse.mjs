import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { parse as parseSync } from 'csv-parse/sync';

const csv = 'id,item\n1,tea\n2,"milk, warm"\n';

export const handler = async () => {
  const streamed = [];
  for await (const record of Readable.from([csv]).pipe(parse({ columns: true }))) {
    streamed.push(record);
  }
  return { streamed, sync: parseSync(csv, { from_line: 2, cast: true }) };
};

export const expected = {
  streamed: [
    { id: '1', item: 'tea' },
    { id: '2', item: 'milk, warm' },
  ],
  sync: [
    [1, 'tea'],
    [2, 'milk, warm'],
  ],
};
