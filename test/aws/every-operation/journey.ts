import { setImmediate } from 'node:timers/promises';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { expect } from 'vitest';
import { awsClientConfig } from '../../../src/aws/index.ts';
import type { OperationName } from '../../../src/aws/model/shapes.ts';
import { Lambda } from '../../../src/lambda.ts';
import { refusal, role, zip } from '../kit.ts';

/**
 * What isolambda makes of an operation: it does what AWS does; it keeps and shows what it was given, and nothing
 * follows from that; or it answers with AWS's own error.
 */
export type Verdict = 'behaves' | 'stores' | 'refuses';

/** One operation, driven by the real client. */
export interface Step {
  readonly operation: OperationName;
  readonly verdict: Verdict;
  /** What the step proves, for the table. */
  readonly shows: string;
  readonly run: (journey: Journey) => Promise<void>;
}

/** A `Lambda` with a real client that notes which operations went over the wire. */
export class Journey implements AsyncDisposable {
  readonly lambda: Lambda = new Lambda({ blanks: 0 });
  readonly client: LambdaClient;
  /** In the order in which they were sent. */
  readonly sent: string[] = [];
  /** What one step leaves for another. */
  readonly notes = new Map<string, string>();

  constructor() {
    this.client = new LambdaClient({ ...awsClientConfig(this.lambda), maxAttempts: 1 });
    this.client.middlewareStack.add(
      (next, context) => async (args) => {
        this.sent.push(String(context.commandName).replace(/Command$/, ''));
        return next(args);
      },
      { step: 'finalizeRequest' },
    );
  }

  note(name: string): string {
    const value = this.notes.get(name);
    if (value === undefined) throw new Error(`No step before left a note "${name}"`);
    return value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.destroy();
    await this.lambda.close();
  }
}

export const account = 'arn:aws:lambda:us-east-1:123456789012';

export function arnOf(name: string): string {
  return `${account}:function:${name}`;
}

/** What CreateFunction needs besides the name. */
export function creation(source = 'exports.handler = async (event) => event'): {
  Role: string;
  Runtime: 'nodejs24.x';
  Handler: string;
  Code: { ZipFile: Uint8Array };
} {
  return {
    Role: role,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Code: { ZipFile: zip(source) },
  };
}

/** Waits for something to become so, turn by turn of the event loop; the test's own timeout ends it. */
export async function until<Value>(
  look: () => Value | Promise<Value>,
  expected: (value: Value) => boolean,
): Promise<Value> {
  for (;;) {
    const value = await look();
    if (expected(value)) return value;
    await setImmediate();
  }
}

/** For operations that are refused: whatever they are asked, with that error and status. */
export async function isRefused(
  request: Promise<unknown>,
  name: string,
  status: number,
): Promise<void> {
  expect(await refusal(request)).toMatchObject({ name, status });
}
