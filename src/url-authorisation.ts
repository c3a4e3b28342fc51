import { AccessError } from './access/access-error.ts';
import type { Access, Principal } from './access/access.ts';
import type { ReceivedRequest } from './sources/http/received-request.ts';
import type { AuthoriseUrl, UrlCaller, UrlQuestion } from './sources/http/url-access.ts';

/** Both are needed, since October 2025. https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html */
const actions = ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'];

/**
 * Lets those use a function URL whom AWS would: with `AWS_IAM` who signs with the keys of a principal and may by its
 * policies, with `NONE` everybody, if the function's policy says so.
 */
export function authoriseUrlsBy(access: Access): AuthoriseUrl {
  return async (question) => {
    const { config, request } = question;
    try {
      if (config.authType === 'NONE') {
        checkMay(access, { kind: 'anonymous' }, question);
        return { isAllowed: true };
      }
      const principal = await access.authenticate(factsOf(request));
      checkMay(access, principal, question);
      return { isAllowed: true, caller: callerOf(principal) };
    } catch (error) {
      if (!(error instanceof AccessError)) throw error;
      if (error.awsCode === 'AccessDeniedException') return { isAllowed: false };
      const isUnsigned = error.awsCode === 'MissingAuthenticationTokenException';
      return { isAllowed: false, message: isUnsigned ? 'Forbidden' : error.message };
    }
  };
}

function checkMay(
  access: Access,
  caller: Parameters<Access['check']>[0],
  { config, functionArn, request }: UrlQuestion,
): void {
  for (const action of actions) {
    access.check(caller, {
      action,
      resource: functionArn,
      conditions: {
        'lambda:FunctionUrlAuthType': config.authType,
        'lambda:InvokedViaFunctionUrl': 'true',
        'lambda:FunctionArn': functionArn,
        'aws:SourceIp': request.sourceIp,
      },
    });
  }
}

function factsOf({ method, url, headers, body }: ReceivedRequest) {
  return {
    method,
    path: url.pathname,
    query: grouped([...url.searchParams]),
    // A request that never was on a wire says only by its address where it goes.
    headers: {
      host: [url.host],
      ...grouped(headers.map(([name, value]) => [name.toLowerCase(), value])),
    },
    body,
  };
}

function grouped(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const lists: Record<string, string[]> = {};
  for (const [name, value] of pairs) (lists[name] ??= []).push(value);
  return lists;
}

/** AWS has ids for users and roles where names stand here. */
function callerOf({ kind, accessKeyId, accountId, userArn, userName }: Principal): UrlCaller {
  const session = kind === 'role' ? userArn.split('/').slice(1).join(':') : undefined;
  const userId = userName ?? session ?? accountId;
  return { accessKey: accessKeyId ?? '', accountId, callerId: userId, userArn, userId };
}
