/** One command and what it has to answer. */
export interface Step {
  /** After `aws lambda`. */
  readonly command: readonly string[];
  /** The CLI ends with 254 for an answer that is an error, with 252 for wrong usage. @default 0 */
  readonly exitCode?: number;
  /** Members of the JSON on stdout, by dotted path. */
  readonly expect?: Readonly<Record<string, unknown>>;
  readonly stderr?: string;
  /** What `out.json` has to hold. */
  readonly payload?: RegExp;
}

const arn = 'arn:aws:lambda:us-east-1:123456789012:function:orders';
const role = 'arn:aws:iam::123456789012:role/orders';
const queue = 'arn:aws:sqs:us-east-1:123456789012:orders';

function words(text: string): string[] {
  return text.split(' ');
}

const create = (name: string, zip = 'one.zip'): string[] =>
  words(
    `create-function --function-name ${name} --runtime nodejs22.x --handler index.handler --role ${role} --zip-file fileb://${zip}`,
  );

const invoke = (name: string, ...more: string[]): string[] => [
  ...words(`invoke --function-name ${name} --cli-binary-format raw-in-base64-out`),
  ...more,
  'out.json',
];

export const steps: readonly Step[] = [
  {
    command: create('orders'),
    expect: {
      FunctionArn: arn,
      State: 'Pending',
      Timeout: 3,
      MemorySize: 128,
    },
  },
  { command: words('wait function-active-v2 --function-name orders') },
  {
    command: create('orders'),
    exitCode: 254,
    stderr:
      'An error occurred (ResourceConflictException) when calling the CreateFunction operation: Function already exist: orders',
  },
  {
    command: invoke('orders', '--payload', '{"id":7}', '--log-type', 'Tail'),
    expect: { StatusCode: 200, ExecutedVersion: '$LATEST', LogResult: /^[A-Za-z0-9+/=]+$/ },
    payload: /^\{"event":\{"id":7\},"run":1\}$/,
  },
  { command: invoke('orders', '--invocation-type', 'Event'), expect: { StatusCode: 202 } },
  { command: create('bad', 'bad.zip') },
  {
    command: invoke('bad'),
    expect: { StatusCode: 200, FunctionError: 'Unhandled' },
    payload: /"errorType":"TypeError","errorMessage":"no"/,
  },
  {
    command: invoke('nobody'),
    exitCode: 254,
    stderr:
      'An error occurred (ResourceNotFoundException) when calling the Invoke operation: Function not found: arn:aws:lambda:us-east-1:123456789012:function:nobody:$LATEST',
  },
  {
    command: words('publish-version --function-name orders'),
    expect: { Version: '1', FunctionArn: `${arn}:1` },
  },
  {
    command: words('update-function-code --function-name orders --zip-file fileb://two.zip'),
    expect: { LastUpdateStatus: 'InProgress' },
  },
  {
    command: words(
      'update-function-configuration --function-name orders --memory-size 256 --environment Variables={STAGE=test}',
    ),
    expect: { MemorySize: 256, 'Environment.Variables.STAGE': 'test' },
  },
  { command: words('publish-version --function-name orders'), expect: { Version: '2' } },
  {
    command: words(
      'create-alias --function-name orders --name live --function-version 1 --routing-config AdditionalVersionWeights={2=0}',
    ),
    expect: { AliasArn: `${arn}:live`, 'RoutingConfig.AdditionalVersionWeights.2': 0 },
  },
  { command: invoke('orders:live'), expect: { ExecutedVersion: '1' }, payload: /"run":1/ },
  {
    command: words(
      'update-alias --function-name orders --name live --function-version 2 --routing-config AdditionalVersionWeights={}',
    ),
    expect: { FunctionVersion: '2' },
  },
  { command: invoke('orders:live'), expect: { ExecutedVersion: '2' }, payload: /"run":2/ },
  {
    command: words(
      'put-function-concurrency --function-name orders --reserved-concurrent-executions 0',
    ),
    expect: { ReservedConcurrentExecutions: 0 },
  },
  {
    command: invoke('orders'),
    exitCode: 254,
    stderr:
      'An error occurred (TooManyRequestsException) when calling the Invoke operation: Rate Exceeded.',
  },
  { command: words('delete-function-concurrency --function-name orders') },
  {
    command: words(
      'put-provisioned-concurrency-config --function-name orders --qualifier live --provisioned-concurrent-executions 1',
    ),
    expect: { RequestedProvisionedConcurrentExecutions: 1, Status: 'IN_PROGRESS' },
  },
  {
    command: words('get-provisioned-concurrency-config --function-name orders --qualifier live'),
    expect: { Status: 'READY', AllocatedProvisionedConcurrentExecutions: 1 },
  },
  {
    command: words('delete-provisioned-concurrency-config --function-name orders --qualifier live'),
  },
  {
    command: words(
      'put-function-event-invoke-config --function-name orders --maximum-retry-attempts 1',
    ),
    expect: { MaximumRetryAttempts: 1 },
  },
  {
    command: words(
      'publish-layer-version --layer-name common --zip-file fileb://layer.zip --compatible-runtimes nodejs22.x',
    ),
    expect: { Version: 1, LayerVersionArn: 'arn:aws:lambda:us-east-1:123456789012:layer:common:1' },
  },
  {
    command: words(
      'add-permission --function-name orders --statement-id s3 --action lambda:InvokeFunction --principal s3.amazonaws.com --source-arn arn:aws:s3:::photos',
    ),
    expect: { Statement: /"Sid":"s3"/ },
  },
  {
    command: words('get-policy --function-name orders'),
    expect: { Policy: /"s3\.amazonaws\.com"/ },
  },
  {
    command: words(
      `create-event-source-mapping --function-name orders --event-source-arn ${queue} --batch-size 5`,
    ),
    expect: { State: 'Creating', BatchSize: 5 },
  },
  {
    command: words('list-event-source-mappings --function-name orders'),
    expect: { 'EventSourceMappings.length': 1 },
  },
  {
    command: words('create-function-url-config --function-name orders --auth-type NONE'),
    expect: { FunctionUrl: /^https:\/\/[a-z0-9]+\.lambda-url\.us-east-1\.on\.aws\/$/ },
  },
  {
    command: words('get-account-settings'),
    expect: { 'AccountLimit.ConcurrentExecutions': 1_000 },
  },
  { command: create('third') },
  {
    command: words('list-functions --page-size 1 --max-items 2'),
    expect: { 'Functions.length': 2, NextToken: /./ },
  },
  { command: words('list-functions --page-size 1'), expect: { 'Functions.length': 3 } },
  {
    command: words('get-function --function-name orders --qualifier 9'),
    exitCode: 254,
    stderr: `An error occurred (ResourceNotFoundException) when calling the GetFunction operation: Function not found: ${arn}:9`,
  },
  { command: words('delete-alias --function-name orders --name live') },
  { command: words('delete-function --function-name orders --qualifier 1') },
  { command: words('delete-function --function-name orders') },
  { command: words('list-functions'), expect: { 'Functions.length': 2 } },
];
