import type {
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  LambdaFunctionURLEvent,
} from 'aws-lambda';
import { expectTypeOf, test } from 'vitest';
import type { restApiEvent } from '../../src/sources/http/event-v1.ts';
import type { httpApiEvent, urlEvent } from '../../src/sources/http/event-v2.ts';

test('events of hosts are what the published types of AWS say', () => {
  expectTypeOf<ReturnType<typeof restApiEvent>>().toExtend<APIGatewayProxyEvent>();
  expectTypeOf<ReturnType<typeof httpApiEvent>>().toExtend<APIGatewayProxyEventV2>();
  expectTypeOf<ReturnType<typeof urlEvent>>().toExtend<LambdaFunctionURLEvent>();
});
