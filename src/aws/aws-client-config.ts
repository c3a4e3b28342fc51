import { InvalidOptionError } from '../core/errors.ts';
import { checkKnownKeys } from '../core/options.ts';
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
  checkKnownKeys('options', options, ['credentials']);
  const { credentials = anybody } = options;
  if (typeof credentials !== 'object' || credentials === null) {
    throw new InvalidOptionError('credentials', 'an object', typeof credentials);
  }
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  for (const [name, value] of Object.entries({ accessKeyId, secretAccessKey, sessionToken })) {
    if (typeof value === 'string' || (name === 'sessionToken' && value === undefined)) continue;
    // Of the value only its type: messages end in logs.
    throw new InvalidOptionError(`credentials.${name}`, 'a string', typeof value);
  }
  const { region } = roomsOf(lambda).options.home;
  // A copy: the client writes into it.
  return { region, credentials: { ...credentials }, requestHandler: requestHandler(lambda) };
}
