import type { Lambda } from '../lambda.ts';
import { roomsOf } from '../lambda-rooms.ts';
import { requestHandler, type SdkRequestHandler } from './request-handler.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What `awsClientConfig` gives to a client. */
export interface AwsClientConfig {
  readonly region: string;
  readonly credentials: AwsCredentials;
  readonly requestHandler: SdkRequestHandler;
}

/** Stands where a client insists on credentials and nobody checks them. */
const anybody: AwsCredentials = Object.freeze({
  accessKeyId: 'isolambda',
  secretAccessKey: 'isolambda',
});

/**
 * Options for `new LambdaClient(...)` of `@aws-sdk/client-lambda`, so that it talks to a `Lambda` of this process.
 * `credentials` matter only where the `Lambda` has the option `access`. @default credentials that nobody checks
 * @example const client = new LambdaClient(awsClientConfig(lambda));
 */
export function awsClientConfig(
  lambda: Lambda,
  options: { readonly credentials?: AwsCredentials } = {},
): AwsClientConfig {
  const { credentials = anybody } = options;
  const { region } = roomsOf(lambda).options.home;
  // A copy: the client writes into it.
  return { region, credentials: { ...credentials }, requestHandler: requestHandler(lambda) };
}
