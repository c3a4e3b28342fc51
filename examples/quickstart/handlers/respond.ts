import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda';
import { parseOrder, type Order } from './order.ts';

export type OrderEvent = APIGatewayProxyEventV2 | SQSEvent;
export type OrderResult = APIGatewayProxyStructuredResultV2 | SQSBatchResponse;

/** Answers both doors of the shop; what an order costs is up to the version. */
export function respond(event: OrderEvent, price: (order: Order) => object): OrderResult {
  if ('Records' in event) return fromQueue(event, price);
  if ('requestContext' in event) return fromHttp(event, price);
  throw new TypeError(
    `Neither an HTTP request nor a queue batch: ${Object.keys(event).join(', ')}`,
  );
}

function fromHttp(
  event: APIGatewayProxyEventV2,
  price: (order: Order) => object,
): APIGatewayProxyStructuredResultV2 {
  const parsed = parseOrder(event.body ?? '');
  if (!parsed.ok) return json(422, { problems: parsed.problems });
  return json(201, { orderId: parsed.order.orderId, ...price(parsed.order) });
}

/** Bad messages go back to the queue, and only those. */
function fromQueue(event: SQSEvent, price: (order: Order) => object): SQSBatchResponse {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const { messageId, body } of event.Records) {
    const parsed = parseOrder(body);
    if (parsed.ok) price(parsed.order);
    else batchItemFailures.push({ itemIdentifier: messageId });
  }
  return { batchItemFailures };
}

function json(statusCode: number, body: object): APIGatewayProxyStructuredResultV2 {
  const headers = { 'content-type': 'application/json' };
  return { statusCode, headers, body: JSON.stringify(body) };
}
