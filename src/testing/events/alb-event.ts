import { multiValues, singleValues } from '../../sources/http/http-request.ts';
import { exampleHex, originOf } from './event-origin.ts';
import { requestKeys, requestOf, type HttpRequestOptions } from './http-request.ts';
import { overridden, type Overrides } from './overrides.ts';

/**
 * Either the single values or the lists are there, never both.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 */
export interface AlbEvent {
  readonly requestContext: { readonly elb: { readonly targetGroupArn: string } };
  readonly httpMethod: string;
  readonly path: string;
  /** Values as the load balancer got them: URL-encoded. */
  readonly queryStringParameters?: Record<string, string>;
  readonly multiValueQueryStringParameters?: Record<string, string[]>;
  readonly headers?: Record<string, string>;
  readonly multiValueHeaders?: Record<string, string[]>;
  /** Empty when there is none. */
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

export interface AlbEventOptions extends HttpRequestOptions {
  /** Name of the target group. @default 'my-targets' */
  readonly targetGroup?: string;
  /** Whether the target group has multi-value headers on. @default false */
  readonly multiValue?: boolean;
  readonly overrides?: Overrides<AlbEvent>;
}

/**
 * A request to a load balancer with a function as its target.
 * @example
 * albEvent({ path: '/users?id=7', multiValue: true })
 */
export function albEvent(options: AlbEventOptions = {}): AlbEvent {
  const own = ['targetGroup', 'multiValue', 'overrides'];
  const { home, atMs } = originOf(options, [...requestKeys, ...own]);
  const { targetGroup = 'my-targets', multiValue = false } = options;
  const host = `my-balancer-1234567890.${home.region}.elb.amazonaws.com`;
  const { method, path, query, headers, cookies, body, isBase64Encoded } = requestOf(
    options,
    host,
    atMs,
  );
  const encoded = query.map(
    ([name, value]) => [encodeURIComponent(name), encodeURIComponent(value)] as const,
  );
  const cookie = cookies.length === 0 ? [] : [['cookie', cookies.join('; ')] as const];
  const all = [...headers, ...cookie];
  const group = `targetgroup/${targetGroup}/${exampleHex(16, 'target group', targetGroup)}`;
  const event: AlbEvent = {
    requestContext: {
      elb: {
        targetGroupArn: `arn:${home.partition}:elasticloadbalancing:${home.region}:${home.accountId}:${group}`,
      },
    },
    httpMethod: method,
    path,
    ...(multiValue
      ? {
          multiValueQueryStringParameters: multiValues(encoded),
          multiValueHeaders: multiValues(all),
        }
      : { queryStringParameters: singleValues(encoded), headers: singleValues(all) }),
    body: body ?? '',
    isBase64Encoded,
  };
  return overridden(event, options.overrides);
}
