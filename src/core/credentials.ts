import { InvalidOptionError } from './errors.ts';
import { checkKnownKeys } from './options.ts';

/** What AWS gives a function as the temporary credentials of its role. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Temporary credentials have one, those of a user do not. */
  readonly sessionToken?: string;
}

/** Checks credentials and gives the variables that hold them; none without credentials. */
export function credentialVariables(
  credentials: Credentials | undefined,
): Readonly<Record<string, string>> {
  if (credentials === undefined) return Object.freeze({});
  checkKnownKeys('credentials', credentials, ['accessKeyId', 'secretAccessKey', 'sessionToken']);
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  checkPart('accessKeyId', accessKeyId);
  checkPart('secretAccessKey', secretAccessKey);
  if (sessionToken !== undefined) checkPart('sessionToken', sessionToken);
  return Object.freeze({
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
  });
}

function checkPart(name: keyof Credentials, value: unknown): void {
  if (typeof value === 'string' && /^\S{1,4096}$/.test(value)) return;
  // The message ends in logs, so it names the kind of the value and not the secret.
  const rule = '1 to 4,096 characters without white space';
  throw new InvalidOptionError(`credentials.${name}`, rule, `a ${typeof value}`);
}
