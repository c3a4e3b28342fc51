/** How `awslambda.streamifyResponse` marks a handler. */
export const streamingMarker: unique symbol = Symbol.for('aws.lambda.runtime.handler.streaming');
export const highWaterMarkMarker: unique symbol = Symbol.for(
  'aws.lambda.runtime.handler.streaming.highWaterMark',
);
