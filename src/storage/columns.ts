/** Rows of a chunk: a column grows by one chunk at a time, so that no growth copies what is there. */
const chunkBits = 10;
const chunkRows = 1 << chunkBits;
const inChunk = chunkRows - 1;

/** No row. */
export const none = -1;

/** A column of row numbers and other small integers; `none` in a row in which nothing was set. */
export class IndexColumn {
  readonly #chunks: Int32Array[] = [];

  get(row: number): number {
    return this.#chunks[row >>> chunkBits]?.[row & inChunk] ?? none;
  }

  set(row: number, value: number): void {
    const chunk = (this.#chunks[row >>> chunkBits] ??= new Int32Array(chunkRows).fill(none));
    chunk[row & inChunk] = value;
  }
}

/** A column of times and other numbers; 0 in a row in which nothing was set. */
export class NumberColumn {
  readonly #chunks: Float64Array[] = [];

  get(row: number): number {
    return this.#chunks[row >>> chunkBits]?.[row & inChunk] ?? 0;
  }

  set(row: number, value: number): void {
    const chunk = (this.#chunks[row >>> chunkBits] ??= new Float64Array(chunkRows));
    chunk[row & inChunk] = value;
  }
}

/** A column of anything; it takes no memory while no row of a chunk has something. */
export class ValueColumn<T> {
  readonly #chunks: (T | undefined)[][] = [];

  get(row: number): T | undefined {
    return this.#chunks[row >>> chunkBits]?.[row & inChunk];
  }

  set(row: number, value: T): void {
    const chunk = (this.#chunks[row >>> chunkBits] ??= Array.from<T | undefined>({
      length: chunkRows,
    }));
    chunk[row & inChunk] = value;
  }

  clear(row: number): void {
    const chunk = this.#chunks[row >>> chunkBits];
    if (chunk !== undefined) chunk[row & inChunk] = undefined;
  }
}

/** Row numbers of a table: those that were given back are used again. */
export class FreeRows {
  readonly #free: number[] = [];
  #made = 0;

  /** How many rows the table has. */
  get made(): number {
    return this.#made;
  }

  take(): number {
    const row = this.#free.pop();
    if (row !== undefined) return row;
    this.#made += 1;
    return this.#made - 1;
  }

  give(row: number): void {
    this.#free.push(row);
  }
}
