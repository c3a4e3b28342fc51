import type { Home } from '../../core/arn.ts';
import type { FunctionUrlConfig } from '../function-url-options.ts';
import { lastValue } from './http-request.ts';
import type { ReceivedRequest } from './received-request.ts';

/** Who signed a request, as the event of a URL tells it. */
export interface UrlCaller {
  readonly accessKey: string;
  readonly accountId: string;
  readonly callerId: string;
  readonly principalOrgId?: string | null;
  readonly userArn: string;
  readonly userId: string;
}

export interface UrlQuestion {
  readonly config: FunctionUrlConfig;
  /** Of the function, or of the alias that the URL belongs to. */
  readonly functionArn: string;
  readonly request: ReceivedRequest;
}

export type UrlDecision =
  | { readonly isAllowed: true; readonly caller?: UrlCaller }
  /** `message` in place of the usual one. */
  | { readonly isAllowed: false; readonly message?: string };

/** Says who may use a function URL: by signatures, policies, or both. */
export type AuthoriseUrl = (question: UrlQuestion) => UrlDecision | Promise<UrlDecision>;

/**
 * Where nobody verifies signatures: a URL with `NONE` is open, one with `AWS_IAM` takes every request that has a
 * signature, as the account's own.
 */
export function authoriseUnverified({ accountId, partition }: Home): AuthoriseUrl {
  return ({ config, request }) => {
    if (config.authType === 'NONE') return { isAllowed: true };
    const accessKey = accessKeyOf(request);
    if (accessKey === undefined) return { isAllowed: false, message: 'Forbidden' };
    const userArn = `arn:${partition}:iam::${accountId}:root`;
    const caller = { accessKey, accountId, callerId: accountId, userArn, userId: accountId };
    return { isAllowed: true, caller };
  };
}

/** The access key of a signature in the header or in the query. */
function accessKeyOf({ headers, url }: ReceivedRequest): string | undefined {
  const header = lastValue(headers, 'authorization') ?? '';
  const inHeader = /^AWS4-HMAC-SHA256 .*?Credential=([^/,\s]+)\/.*Signature=\w+/.exec(header)?.[1];
  if (inHeader !== undefined) return inHeader;
  if (!url.searchParams.has('X-Amz-Signature')) return undefined;
  return /^([^/]+)\//.exec(url.searchParams.get('X-Amz-Credential') ?? '')?.[1];
}
