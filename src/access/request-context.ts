/**
 * What is known of a request, by condition key in lower case: keys are the same however they are written. A key
 * without values counts as absent.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export type RequestContext = ReadonlyMap<string, readonly string[]>;

/** A value, several, or none where the request does not have the key. */
export type ContextValues = Readonly<Record<string, string | readonly string[] | undefined>>;

export function requestContext(values: ContextValues): RequestContext {
  const context = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const list = typeof value === 'string' ? [value] : value;
    if (list.length > 0) context.set(key.toLowerCase(), list);
  }
  return context;
}
