/** Records of a gathered batch that are invoked together: from `from` up to, not including, `to`. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  /** Attempts that failed and count. */
  readonly failures: number;
}

export interface FailurePolicy {
  /** -1 for no limit. */
  readonly maxRetries: number;
  readonly bisects: boolean;
}

/** What comes after an attempt at a piece that did not deal with all of it. */
export type FailureStep =
  /** At once and in this order, in place of the piece; uses up no retry. */
  | { readonly kind: 'split'; readonly pieces: readonly Piece[] }
  /** After a pause. */
  | { readonly kind: 'retry'; readonly piece: Piece }
  /** Given up. */
  | { readonly kind: 'discard'; readonly piece: Piece };

/**
 * Decides what becomes of a piece whose records are dealt with up to, not including, `firstLeft`: the lowest one that
 * the function reported, or the first of all.
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export function failureStep(piece: Piece, firstLeft: number, policy: FailurePolicy): FailureStep {
  const { to, failures } = piece;
  const left = { from: firstLeft, to, failures };
  if (policy.bisects && firstLeft > piece.from) return { kind: 'split', pieces: [left] };
  if (policy.bisects && to - firstLeft > 1) {
    const middle = firstLeft + Math.ceil((to - firstLeft) / 2);
    return {
      kind: 'split',
      pieces: [
        { from: firstLeft, to: middle, failures },
        { from: middle, to, failures },
      ],
    };
  }
  const counted = { ...left, failures: failures + 1 };
  if (policy.maxRetries >= 0 && counted.failures > policy.maxRetries) {
    return { kind: 'discard', piece: counted };
  }
  return { kind: 'retry', piece: counted };
}
