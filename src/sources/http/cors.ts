import { InvalidOptionError } from '../../core/errors.ts';
import { checkBoolean, checkInteger, checkKnownKeys } from '../../core/options.ts';
import { noBytes, type HttpReply } from './http-reply.ts';
import { lastValue, type Pairs } from './http-request.ts';

/**
 * Which pages of other origins may use an API or a function URL from a browser.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html
 */
export interface CorsOptions {
  /** `https://shop.example.com`, `http://*`, `*`; at most 100. @default [] */
  readonly allowOrigins?: readonly string[];
  /** `GET`, `*`; at most 6. @default [] */
  readonly allowMethods?: readonly string[];
  /** Besides those that browsers send anyway; at most 100. @default [] */
  readonly allowHeaders?: readonly string[];
  /** What pages may read besides the usual; at most 100. @default [] */
  readonly exposeHeaders?: readonly string[];
  /** Cookies and the like. @default false */
  readonly allowCredentials?: boolean;
  /** How long browsers may keep the answer, up to a day, in whole seconds. @default 0 */
  readonly maxAgeMs?: number;
}

export type ResolvedCors = Readonly<Required<CorsOptions>>;

const corsKeys = Object.keys({
  allowOrigins: true,
  allowMethods: true,
  allowHeaders: true,
  exposeHeaders: true,
  allowCredentials: true,
  maxAgeMs: true,
} satisfies Record<keyof CorsOptions, true>);

const mostMaxAgeMs = 86_400_000;

/** @throws InvalidOptionError */
export function resolveCors(cors: CorsOptions): ResolvedCors {
  checkKnownKeys('cors', cors, corsKeys);
  const { allowOrigins = [], allowMethods = [], allowHeaders = [], exposeHeaders = [] } = cors;
  const { allowCredentials = false, maxAgeMs = 0 } = cors;
  checkTexts('cors.allowOrigins', allowOrigins, { count: 100, length: 253 });
  checkTexts('cors.allowMethods', allowMethods, { count: 6, length: 6 });
  checkTexts('cors.allowHeaders', allowHeaders, { count: 100, length: 1_024 });
  checkTexts('cors.exposeHeaders', exposeHeaders, { count: 100, length: 1_024 });
  checkBoolean('cors.allowCredentials', allowCredentials);
  checkInteger('cors.maxAgeMs', maxAgeMs, { min: 0, max: mostMaxAgeMs });
  if (maxAgeMs % 1_000 !== 0) {
    throw new InvalidOptionError('cors.maxAgeMs', 'whole seconds, as HTTP counts them', maxAgeMs);
  }
  return Object.freeze({
    allowOrigins: [...allowOrigins],
    allowMethods: [...allowMethods],
    allowHeaders: [...allowHeaders],
    exposeHeaders: [...exposeHeaders],
    allowCredentials,
    maxAgeMs,
  });
}

/** A browser asks beforehand whether it may; no function is asked. */
export function isPreflight(method: string, headers: Pairs): boolean {
  return (
    method.toUpperCase() === 'OPTIONS' &&
    lastValue(headers, 'origin') !== undefined &&
    lastValue(headers, 'access-control-request-method') !== undefined
  );
}

/** The answer to a browser that asks beforehand; bare when its origin may not. */
export function preflightReply(cors: ResolvedCors, headers: Pairs, status: number): HttpReply {
  const allowed = originHeaders(cors, headers);
  if (allowed.length === 0) return { status, headers: [], body: noBytes };
  const { allowMethods, allowHeaders, maxAgeMs } = cors;
  return {
    status,
    headers: [
      ...allowed,
      ...listed('access-control-allow-methods', allowMethods),
      ...listed('access-control-allow-headers', allowHeaders),
      ...(maxAgeMs > 0 ? [['access-control-max-age', String(maxAgeMs / 1_000)] as const] : []),
    ],
    body: noBytes,
  };
}

/** What every other answer says to a page of another origin. */
export function corsHeaders(cors: ResolvedCors, headers: Pairs): Pairs {
  const allowed = originHeaders(cors, headers);
  if (allowed.length === 0) return [];
  return [...allowed, ...listed('access-control-expose-headers', cors.exposeHeaders)];
}

function originHeaders(cors: ResolvedCors, headers: Pairs): Pairs {
  const origin = lastValue(headers, 'origin');
  if (origin === undefined || !allows(cors.allowOrigins, origin)) return [];
  // Browsers take no `*` together with credentials.
  const isForAll = cors.allowOrigins.includes('*') && !cors.allowCredentials;
  return [
    ['access-control-allow-origin', isForAll ? '*' : origin],
    ...(isForAll ? [] : [['vary', 'Origin'] as const]),
    ...(cors.allowCredentials ? [['access-control-allow-credentials', 'true'] as const] : []),
  ];
}

function allows(known: readonly string[], origin: string): boolean {
  const protocol = origin.slice(0, origin.indexOf('://') + 3);
  return known.some((one) => one === '*' || one === origin || one === `${protocol}*`);
}

function listed(name: string, values: readonly string[]): Pairs {
  return values.length === 0 ? [] : [[name, values.join(',')]];
}

function checkTexts(
  option: string,
  values: unknown,
  { count, length }: { readonly count: number; readonly length: number },
): void {
  const fits = (value: unknown): boolean =>
    typeof value === 'string' && /^[\x21-\x7e]+$/.test(value) && value.length <= length;
  if (Array.isArray(values) && values.length <= count && values.every(fits)) return;
  throw new InvalidOptionError(
    option,
    `a list of at most ${count} texts of 1 to ${length} characters`,
    values,
  );
}
