import type { Properties } from '../properties.ts';
import { withoutUndefined } from './function-resource.ts';

/** CORS of a function URL or an API. */
export interface PlannedCors {
  readonly allowOrigins?: readonly string[];
  readonly allowMethods?: readonly string[];
  readonly allowHeaders?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  readonly allowCredentials?: boolean;
  readonly maxAgeMs?: number;
}

/** `AWS::Lambda::Url` */
export interface PlannedUrl {
  /** Name or ARN. */
  readonly functionName: string;
  readonly qualifier: string | undefined;
  readonly options: {
    readonly authType?: string;
    readonly cors?: PlannedCors;
    readonly invokeMode?: string;
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-url.html */
export function readUrl(properties: Properties): PlannedUrl {
  const cors = properties.map('Cors');
  return {
    functionName: properties.neededText('TargetFunctionArn'),
    qualifier: properties.text('Qualifier'),
    options: withoutUndefined({
      authType: properties.neededText('AuthType'),
      cors: cors && readCors(cors),
      invokeMode: properties.text('InvokeMode'),
    }),
  };
}

/** Of a function URL, or of an HTTP API: they have the same names. */
export function readCors(cors: Properties): PlannedCors {
  return withoutUndefined({
    allowOrigins: cors.texts('AllowOrigins'),
    allowMethods: cors.texts('AllowMethods'),
    allowHeaders: cors.texts('AllowHeaders'),
    exposeHeaders: cors.texts('ExposeHeaders'),
    allowCredentials: cors.boolean('AllowCredentials'),
    maxAgeMs: cors.seconds('MaxAge'),
  });
}
