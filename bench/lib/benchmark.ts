/** What a benchmark file exports: one question, answered with tables. */
export interface Benchmark {
  /** As in the file name; the filter of `npm run bench -- <filter>` looks here. */
  readonly name: string;
  readonly question: string;
  run(settings: Settings): Promise<Section[]>;
}

export interface Settings {
  /** A smoke run: everything happens, and the figures mean nothing. */
  readonly isQuick: boolean;
  readonly progress: (text: string) => void;
}

export interface Section {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Sentences below the table. */
  readonly notes?: readonly string[];
}

/** `undefined` stays empty. */
export type Cell = string | number | undefined;
