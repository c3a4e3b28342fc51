import { Logger } from '@aws-lambda-powertools/logger';

const logger = new Logger({ serviceName: 'orders', logLevel: 'INFO' });

export const handler = async (event, context) => {
  logger.addContext(context);
  logger.appendKeys({ orderId: 7 });
  logger.info('accepted', { total: 12 });
  logger.debug('not shown');
  logger.error('refused', new RangeError('too much'));
  return logger.getLevelName();
};

export const expected = 'INFO';

export const expectedLog = [
  /"level":"INFO".*"message":"accepted".*"service":"orders".*"total":12/,
  /"function_request_id":"[0-9a-f-]{36}"/,
  /"level":"ERROR".*"error":\{"name":"RangeError","location":"[^"]*","message":"too much"/,
];
