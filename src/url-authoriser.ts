import { AccessError } from './access/access-error.ts';
import type { Access, Principal } from './access/access.ts';
import type { ResolvedAccess } from './access/access-options.ts';
import type { AnonymousCaller } from './access/caller.ts';
import type { HttpRequestFacts } from './access/signed-request.ts';
import type { Home } from './core/arn.ts';
import { multiValues } from './sources/http/http-request.ts';
import type { ReceivedRequest } from './sources/http/received-request.ts';
import {
  authoriseUnverified,
  type AuthoriseUrl,
  type UrlCaller,
  type UrlDecision,
  type UrlQuestion,
} from './sources/http/url-access.ts';

const anonymous: AnonymousCaller = { kind: 'anonymous' };

/**
 * Who may use function URLs. Where there are principals it is as on AWS: `AWS_IAM` wants the signature of one of
 * them, and with both types policies must allow `lambda:InvokeFunctionUrl` and `lambda:InvokeFunction`. Without
 * principals nobody has to ask: a URL with `NONE` is open, one with `AWS_IAM` takes any signature.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
export function urlAuthoriser(access: Access, options: ResolvedAccess, home: Home): AuthoriseUrl {
  if (options.principals === undefined) return authoriseUnverified(home);
  return (question) => decide(access, question);
}

async function decide(access: Access, question: UrlQuestion): Promise<UrlDecision> {
  const { config, request } = question;
  let caller: Principal | AnonymousCaller = anonymous;
  if (config.authType === 'AWS_IAM') {
    try {
      caller = await access.authenticate(factsOf(request));
    } catch (error) {
      if (error instanceof AccessError) return { isAllowed: false, message: refusalOf(error) };
      throw error;
    }
  }
  if (!mayInvoke(access, question, caller)) return { isAllowed: false };
  return 'accountId' in caller
    ? { isAllowed: true, caller: urlCallerOf(caller) }
    : { isAllowed: true };
}

function mayInvoke(
  access: Access,
  { config, functionArn: resource, request }: UrlQuestion,
  caller: Principal | AnonymousCaller,
): boolean {
  const conditions = {
    'lambda:FunctionUrlAuthType': config.authType,
    'lambda:InvokedViaFunctionUrl': 'true',
    'aws:SourceIp': request.sourceIp,
  };
  try {
    for (const action of ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction']) {
      access.check(caller, { action, resource, conditions });
    }
    return true;
  } catch (error) {
    if (error instanceof AccessError) return false;
    throw error;
  }
}

/** A request without a signature is told less. */
function refusalOf({ awsCode, message }: AccessError): string {
  return awsCode === 'MissingAuthenticationTokenException' ? 'Forbidden' : message;
}

function factsOf({ method, url, headers, body }: ReceivedRequest): HttpRequestFacts {
  const lower = headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    method,
    path: url.pathname,
    query: Object.fromEntries(
      Object.entries(multiValues([...url.searchParams])).map(([name, values]) => [
        name,
        values.length === 1 ? values[0] : values,
      ]),
    ),
    headers: { host: url.host, ...multiValues(lower) },
    body,
  };
}

function urlCallerOf({ accessKeyId, accountId, userArn, userName }: Principal): UrlCaller {
  const id = userName ?? accountId;
  return { accessKey: accessKeyId ?? '', accountId, callerId: id, userArn, userId: id };
}
