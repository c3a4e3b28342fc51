/** Type, length and body of a message of PostgreSQL's protocol. */
export function message(type: string, body: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

/** The text that starts at a place and ends with a zero byte. */
export function text(body: Buffer, at: number): string {
  return body.toString('utf8', at, body.indexOf(0, at));
}

export function rowDescription(columns: readonly { name: string; type: number }[]): Buffer {
  const fields = columns.flatMap(({ name, type }) => [
    Buffer.from(`${name}\0`),
    int32(0),
    int16(0),
    int32(type),
    int16(-1),
    int32(-1),
    int16(0),
  ]);
  return message('T', Buffer.concat([int16(columns.length), ...fields]));
}

export function dataRow(values: readonly (Buffer | string | null)[]): Buffer {
  const fields = values.flatMap((value) =>
    value === null ? [int32(-1)] : [int32(Buffer.byteLength(value)), Buffer.from(value)],
  );
  return message('D', Buffer.concat([int16(values.length), ...fields]));
}
