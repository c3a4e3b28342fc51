import { AwsFault, fieldsOf, type AwsAnswer, type AwsRequest } from './aws-fault.ts';

export function eventBridge(action: string, request: AwsRequest): unknown {
  if (action !== 'PutEvents') throw new AwsFault('UnknownOperationException', action);
  const entries = fieldsOf(request)['Entries'] as { Detail: string }[];
  const answers = entries.map(({ Detail }, index) => {
    try {
      JSON.parse(Detail);
      return { EventId: `event-${index}` };
    } catch {
      return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    }
  });
  const failed = answers.filter((answer) => 'ErrorCode' in answer).length;
  return { FailedEntryCount: failed, Entries: answers };
}

export function secretsManager(action: string, request: AwsRequest): unknown {
  if (action !== 'GetSecretValue') throw new AwsFault('UnknownOperationException', action);
  const id = fieldsOf(request)['SecretId'];
  if (id !== 'database') {
    throw new AwsFault(
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret.",
    );
  }
  return {
    ARN: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:database-a1b2c3',
    Name: id,
    VersionId: '00000000-0000-4000-8000-000000000001',
    SecretString: '{"user":"ada","password":"engine"}',
    VersionStages: ['AWSCURRENT'],
    CreatedDate: 1_700_000_000.123,
  };
}

export function ssm(action: string, request: AwsRequest): unknown {
  const input = fieldsOf(request);
  const parameter = (name: string): unknown => ({
    Name: name,
    Type: 'String',
    Value: `value of ${name}`,
    Version: 1,
  });
  if (action === 'GetParameter') return { Parameter: parameter(String(input['Name'])) };
  if (action === 'GetParametersByPath') {
    const path = String(input['Path']);
    return { Parameters: [parameter(`${path}/a`), parameter(`${path}/b`)] };
  }
  throw new AwsFault('UnknownOperationException', action);
}

/** `Invoke`: the function `echo` answers what it got, the function `fails` throws. */
export function lambda(request: AwsRequest): AwsAnswer {
  const [, , , name, action] = request.url.split('/');
  if (action !== 'invocations') throw new AwsFault('UnknownOperationException', request.url);
  if (request.headers['x-amz-invocation-type'] === 'Event') return { status: 202 };
  if (name === 'echo') {
    const headers = {
      'content-type': 'application/json',
      'x-amz-executed-version': '$LATEST',
      ...(request.headers['x-amz-log-type'] === 'Tail' && {
        'x-amz-log-result': Buffer.from('END RequestId').toString('base64'),
      }),
    };
    return { headers, body: request.body };
  }
  if (name === 'fails') {
    return {
      headers: { 'content-type': 'application/json', 'x-amz-function-error': 'Unhandled' },
      body: '{"errorType":"Error","errorMessage":"no luck"}',
    };
  }
  throw new AwsFault('ResourceNotFoundException', `Function not found: ${name}`, 404, {
    Type: 'User',
  });
}

/** SNS speaks AWS's query protocol: a form in, XML out. */
export function sns(request: AwsRequest): AwsAnswer {
  const form = new URLSearchParams(request.body.toString());
  if (form.get('Action') !== 'Publish') throw new AwsFault('InvalidAction', String(form));
  const attribute = form.get('MessageAttributes.entry.1.Value.StringValue') ?? 'none';
  return {
    headers: { 'content-type': 'text/xml' },
    body:
      '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult>' +
      `<MessageId>${form.get('Message')?.length}-${attribute}</MessageId>` +
      '</PublishResult><ResponseMetadata><RequestId>stub</RequestId></ResponseMetadata></PublishResponse>',
  };
}
