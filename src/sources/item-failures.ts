/** What a function said about the records of its batch. */
export type ItemReport =
  | { readonly kind: 'success' }
  /** At least one. */
  | { readonly kind: 'failures'; readonly identifiers: ReadonlySet<string> }
  /** Counts as if every record had failed. */
  | { readonly kind: 'invalid' };

const success: ItemReport = { kind: 'success' };
const invalid: ItemReport = { kind: 'invalid' };

/**
 * Reads `{ batchItemFailures: [{ itemIdentifier }] }`. Nothing, an empty result and an empty list are a success; what
 * names something that is not in the batch is no answer at all.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export function readItemFailures(payloadJson: string, known: ReadonlySet<string>): ItemReport {
  if (payloadJson === '') return success;
  let result: unknown;
  try {
    result = JSON.parse(payloadJson);
  } catch {
    return invalid;
  }
  if (result === null || result === '') return success;
  if (typeof result !== 'object') return invalid;
  if (Array.isArray(result)) return result.length === 0 ? success : invalid;
  const { batchItemFailures: failures } = result as { readonly batchItemFailures?: unknown };
  if (failures === undefined || failures === null) return success;
  if (!Array.isArray(failures)) return invalid;
  const identifiers = failures.map(identifierOf);
  if (!identifiers.every((id) => id !== undefined && known.has(id))) return invalid;
  if (identifiers.length === 0) return success;
  return { kind: 'failures', identifiers: new Set(identifiers as string[]) };
}

function identifierOf(failure: unknown): string | undefined {
  if (typeof failure !== 'object' || failure === null) return undefined;
  const { itemIdentifier } = failure as { readonly itemIdentifier?: unknown };
  return typeof itemIdentifier === 'string' && itemIdentifier !== '' ? itemIdentifier : undefined;
}
