import { zipSync } from 'fflate';
import { LambdaClient, type LambdaServiceException } from '@aws-sdk/client-lambda';
import { awsClientConfig, type AwsCredentials } from '../../src/aws/index.ts';
import { Lambda } from '../../src/lambda.ts';
import type { LambdaOptions } from '../../src/lambda-options.ts';

/** A `Lambda` with a real client in front of it; both end with `await using`. */
export interface DoorKit extends AsyncDisposable {
  readonly lambda: Lambda;
  readonly client: LambdaClient;
  /** Another client of the same `Lambda`. */
  clientOf(credentials: AwsCredentials): LambdaClient;
}

export function doorKit(options: LambdaOptions = {}): DoorKit {
  const lambda = new Lambda({ blanks: 0, ...options });
  const clients: LambdaClient[] = [];
  const clientOf = (credentials?: AwsCredentials): LambdaClient => {
    const config = awsClientConfig(lambda, credentials === undefined ? {} : { credentials });
    const client = new LambdaClient({ ...config, maxAttempts: 1 });
    clients.push(client);
    return client;
  };
  return {
    lambda,
    client: clientOf(),
    clientOf,
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      await lambda.close();
    },
  };
}

/** What a refused request tells. */
export interface Refusal {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
}

/** Waits for a request to be refused. */
export async function refusal(request: Promise<unknown>): Promise<Refusal> {
  const error = await request.then(
    () => {
      throw new Error('Expected the request to be refused');
    },
    (problem: LambdaServiceException) => problem,
  );
  const { name, message, $metadata } = error;
  return { name, message, status: $metadata?.httpStatusCode };
}

/** A deployment package with one module. */
export function zip(source: string, name = 'index.js'): Uint8Array {
  return zipSync({ [name]: Buffer.from(source) });
}

export const role = 'arn:aws:iam::123456789012:role/worker';
