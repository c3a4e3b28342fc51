/** What a checkpoint token stands for. */
export interface TokenFacts {
  readonly executionId: string;
  /** Which invocation of the handler may use it. */
  readonly invocation: number;
  /** Grows with every checkpoint of that invocation. */
  readonly sequence: number;
}

/** Base64, as AWS's pattern for tokens asks. */
export function checkpointToken({ executionId, invocation, sequence }: TokenFacts): string {
  return encode([executionId, invocation, sequence]);
}

/** `undefined` for what is no token of ours. */
export function readCheckpointToken(token: string): TokenFacts | undefined {
  const [executionId, invocation, sequence] = decode(token) ?? [];
  if (typeof executionId !== 'string') return undefined;
  if (typeof invocation !== 'number' || typeof sequence !== 'number') return undefined;
  return { executionId, invocation, sequence };
}

/** What a callback id stands for; the secret keeps others from guessing it. */
export interface CallbackFacts {
  readonly executionId: string;
  readonly operationId: string;
}

export function callbackId({ executionId, operationId }: CallbackFacts, secret: string): string {
  return encode([executionId, operationId, secret]);
}

export function readCallbackId(id: string): CallbackFacts | undefined {
  const [executionId, operationId] = decode(id) ?? [];
  if (typeof executionId !== 'string' || typeof operationId !== 'string') return undefined;
  return { executionId, operationId };
}

function encode(content: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(content)).toString('base64');
}

function decode(text: string): readonly unknown[] | undefined {
  try {
    const content: unknown = JSON.parse(Buffer.from(text, 'base64').toString());
    return Array.isArray(content) ? content : undefined;
  } catch {
    return undefined;
  }
}
