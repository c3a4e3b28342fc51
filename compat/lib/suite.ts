/** A file of a suite: what to deploy for it, or why it does not run. */
export interface TestFile {
  /** Path of the test inside its source, with its variant. */
  readonly name: string;
  /** Why a rule leaves it out; decided without running it. */
  readonly skip?: string;
  /** Whether it runs on the runtime in which listeners take errors that nobody caught. */
  readonly outlivesErrors?: boolean;
  /** Files of the deployment by path; `index.js` is the handler. Read when the file's turn comes. */
  deployment?(): Deployment;
}

export interface Suite {
  /** `wpt/url`, `node/buffer`, `npm/path`. */
  readonly name: string;
  readonly kind: 'wpt' | 'node' | 'npm';
  readonly files: readonly TestFile[];
}

export type Deployment = ReadonlyMap<string, string | Uint8Array>;

/** How one file is run: `invocations` in order on one environment, the last one's result counts. */
export interface Plan {
  readonly directory: string;
  readonly steps: readonly string[];
  readonly runtime: 'nodejs22.x' | 'nodejs24.x';
  readonly timeoutMs: number;
}

export interface TestResult {
  readonly name: string;
  readonly passed: boolean;
  readonly message?: string;
}

/** What became of one file on one side. */
export type FileOutcome =
  | { readonly kind: 'ran'; readonly tests: readonly TestResult[]; readonly note?: string }
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'crashed'; readonly reason: string };

/** Both outcomes of one file. */
export interface Compared {
  readonly file: string;
  readonly node: FileOutcome;
  readonly guest: FileOutcome;
}

export function planOf(kind: Suite['kind'], file: TestFile, directory: string): Plan {
  if (kind === 'wpt') {
    return { directory, steps: ['run'], runtime: 'nodejs24.x', timeoutMs: 20_000 };
  }
  // Callback handlers of Node 22 answer when the event loop is empty, which is when a test file is done;
  // but there an error that nobody caught ends the invocation whoever listens for it, as on AWS.
  const runtime = file.outlivesErrors === true ? 'nodejs24.x' : 'nodejs22.x';
  return { directory, steps: ['run', 'verify'], runtime, timeoutMs: 10_000 };
}
