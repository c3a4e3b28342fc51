/** What a file in `handlers/` exports. */
export interface HandlerModule {
  readonly handler: (event: unknown, context: unknown) => Promise<unknown>;
  /** What the handler returns. */
  readonly expected: unknown;
  /** What its log must show. */
  readonly expectedLog?: readonly RegExp[];
}

/** What a child process reports about one run of a handler. */
export type RunReport =
  | { readonly kind: 'returned'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly message: string };

/** What the control run says besides: the guest has to do the same. */
export interface ControlReport {
  readonly report: RunReport;
  readonly expected: unknown;
  /** Sources and flags of the regular expressions, which do not cross processes. */
  readonly expectedLog: readonly { readonly source: string; readonly flags: string }[];
}

export type Form = 'bundle' | 'folder';

export interface GuestReport {
  readonly form: Form;
  readonly report: RunReport;
  readonly log: string;
}
