import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

const lambda = new LambdaClient({});

const text = (payload) => payload.transformToString();

export const handler = async () => {
  const Payload = JSON.stringify({ n: 7 });
  const echo = await lambda.send(
    new InvokeCommand({ FunctionName: 'echo', Payload, LogType: 'Tail' }),
  );
  const fails = await lambda.send(new InvokeCommand({ FunctionName: 'fails', Payload }));
  const queued = await lambda.send(
    new InvokeCommand({ FunctionName: 'echo', Payload, InvocationType: 'Event' }),
  );
  const error = await lambda
    .send(new InvokeCommand({ FunctionName: 'missing', Payload }))
    .catch((reason) => reason);
  return {
    echo: text(echo.Payload),
    log: Buffer.from(echo.LogResult, 'base64').toString(),
    version: echo.ExecutedVersion,
    failure: [fails.FunctionError, JSON.parse(text(fails.Payload)).errorMessage],
    queued: queued.StatusCode,
    error: error.name,
  };
};

export const expected = {
  echo: '{"n":7}',
  log: 'END RequestId',
  version: '$LATEST',
  failure: ['Unhandled', 'no luck'],
  queued: 202,
  error: 'ResourceNotFoundException',
};
