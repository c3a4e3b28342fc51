import { checkKnownKeys, checkOneOf } from '../core/options.ts';
import { resolveCors, type CorsOptions, type ResolvedCors } from './http/cors.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html */
export interface FunctionUrlOptions {
  /** `NONE` lets everybody in who may by the function's policy; `AWS_IAM` wants signed requests. @default 'NONE' */
  readonly authType?: 'NONE' | 'AWS_IAM';
  /** What browsers are told; the URL answers their questions beforehand by itself. @default none */
  readonly cors?: CorsOptions;
  /** `RESPONSE_STREAM` hands the response on while the handler writes it. @default 'BUFFERED' */
  readonly invokeMode?: 'BUFFERED' | 'RESPONSE_STREAM';
}

/** What is left out stays; `cors: null` takes it away. */
export interface FunctionUrlChanges extends Omit<FunctionUrlOptions, 'cors'> {
  readonly cors?: CorsOptions | null;
}

/** A function URL as it is now; frozen. */
export interface FunctionUrlConfig {
  /** The first label of its host. */
  readonly id: string;
  readonly functionName: string;
  /** Of the alias that it belongs to. */
  readonly alias: string | undefined;
  readonly authType: 'NONE' | 'AWS_IAM';
  readonly cors: ResolvedCors | undefined;
  readonly invokeMode: 'BUFFERED' | 'RESPONSE_STREAM';
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  readonly lastModified: string;
}

const urlKeys = Object.keys({
  authType: true,
  cors: true,
  invokeMode: true,
} satisfies Record<keyof FunctionUrlOptions, true>);

type Settings = Pick<FunctionUrlConfig, 'authType' | 'cors' | 'invokeMode'>;

const defaults: Settings = { authType: 'NONE', cors: undefined, invokeMode: 'BUFFERED' };

/** @throws InvalidOptionError */
export function resolveUrlOptions(
  options: FunctionUrlChanges,
  current: Settings = defaults,
): Settings {
  checkKnownKeys('options', options, urlKeys);
  const { authType = current.authType, invokeMode = current.invokeMode, cors } = options;
  checkOneOf('authType', authType, ['NONE', 'AWS_IAM']);
  checkOneOf('invokeMode', invokeMode, ['BUFFERED', 'RESPONSE_STREAM']);
  return { authType, invokeMode, cors: corsAfter(cors, current.cors) };
}

function corsAfter(
  cors: CorsOptions | null | undefined,
  current: ResolvedCors | undefined,
): ResolvedCors | undefined {
  if (cors === undefined) return current;
  return cors === null ? undefined : resolveCors(cors);
}
