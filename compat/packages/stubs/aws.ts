import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { DynamoStub } from './aws-dynamodb.ts';
import { eventBridge, lambda, secretsManager, sns, ssm } from './aws-services.ts';
import { AwsFault, type AwsAnswer, type AwsRequest } from './aws-fault.ts';
import { S3Stub } from './aws-s3.ts';
import { SqsStub } from './aws-sqs.ts';
import { signatureFault } from './signature.ts';
import { listen, type Stub } from './server.ts';

/** All of AWS that the handlers use, on one port. Refuses what is not signed as AWS wants it. */
export function awsStub(): Promise<Stub> {
  const s3 = new S3Stub();
  const services: Record<string, (action: string, request: AwsRequest) => unknown> = {
    DynamoDB_20120810: new DynamoStub().answer,
    AmazonSQS: new SqsStub().answer,
    AWSEvents: eventBridge,
    secretsmanager: secretsManager,
    AmazonSSM: ssm,
  };

  function answer(request: AwsRequest): AwsAnswer {
    const fault = signatureFault(request);
    if (fault !== undefined) throw new AwsFault('InvalidSignatureException', fault, 403);

    const [service, action] = String(request.headers['x-amz-target'] ?? '').split('.');
    const json = services[service ?? ''];
    if (json !== undefined && action !== undefined) {
      const type = String(request.headers['content-type']);
      return { headers: { 'content-type': type }, body: JSON.stringify(json(action, request)) };
    }
    if (request.url.startsWith('/2015-03-31/functions/')) return lambda(request);
    if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
      return sns(request);
    }
    return s3.answer(request);
  }

  return listen(
    createServer((incoming, outgoing) => {
      void receive(incoming).then((request) => respond(outgoing, () => answer(request)));
    }),
  );
}

async function receive(incoming: IncomingMessage): Promise<AwsRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { method = '', url = '', headers } = incoming;
  return { method, url, headers, body: Buffer.concat(chunks) };
}

function respond(outgoing: ServerResponse, answer: () => AwsAnswer): void {
  try {
    const { status = 200, headers = {}, body = '' } = answer();
    outgoing.writeHead(status, { 'x-amzn-requestid': 'stub-request', ...headers });
    outgoing.end(body);
  } catch (error) {
    const fault =
      error instanceof AwsFault ? error : new AwsFault('InternalError', String(error), 500);
    outgoing.writeHead(fault.status, {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-errortype': fault.code,
    });
    const text = { __type: fault.code, message: fault.message, ...fault.fields };
    outgoing.end(JSON.stringify(text));
  }
}
