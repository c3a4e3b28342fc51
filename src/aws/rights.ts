import { AccessError } from '../access/access-error.ts';
import { actionOf } from '../access/actions.ts';
import type { Principal, Subject } from '../access/access.ts';
import { functionArn } from '../core/arn.ts';
import type { LambdaRooms } from '../lambda-rooms.ts';
import { ApiError } from './api-error.ts';
import type { InputOf, OperationName } from './model/shapes.ts';
import type { DoorRequest } from './operation.ts';
import { splitReference } from './references.ts';
import { operationSubject } from './subject.ts';

type Input = Readonly<Record<string, unknown>>;
type Conditions = NonNullable<Subject['conditions']>;

/**
 * Asks the policies about all that a request does: the operation itself, and what AWS wants its caller to be allowed
 * besides, so that nobody gets by a function what they could not have themselves.
 * https://docs.aws.amazon.com/lambda/latest/dg/permissions-user-function.html
 * @throws {AccessError} in AWS's words
 */
export function checkRights(
  principal: Principal,
  name: OperationName,
  input: Input,
  request: DoorRequest,
  rooms: LambdaRooms,
): void {
  const ofRequest = {
    'aws:UserAgent': request.headers['user-agent'],
    'lambda:SourceFunctionArn': request.sourceFunctionArn,
  };
  const check = ({ action, resource, conditions = {} }: Subject): void =>
    rooms.access.check(principal, {
      action,
      resource,
      conditions: { ...ofRequest, ...tagsOf(resource, rooms), ...conditions },
    });
  for (const subject of operationSubjects(name, input, rooms)) check(subject);
  for (const subject of furtherSubjects(name, input, rooms)) check(subject);
  const object = codeObject(name, input);
  if (object !== undefined) checkObject(object, check);
}

/** A change of a mapping is about the function that it has, and about the one that it is to have. */
function operationSubjects(
  name: OperationName,
  input: Input,
  { options, sources }: LambdaRooms,
): readonly Subject[] {
  const { resource, conditions } = operationSubject(name, input, options.home);
  const subject = { action: actionOf(name), resource, conditions };
  const { UUID: mappingId } = input;
  const mapping = typeof mappingId === 'string' ? sources.mappings.find(mappingId) : undefined;
  if (mapping === undefined) return [subject];
  const present = { ...conditions, 'lambda:FunctionArn': mapping.functionArn };
  const isMoved = conditions['lambda:FunctionArn'] !== undefined;
  return [{ ...subject, conditions: present }, ...(isMoved ? [subject] : [])];
}

function furtherSubjects(
  name: OperationName,
  input: Input,
  { options }: LambdaRooms,
): readonly Subject[] {
  if (name !== 'CreateFunction' && name !== 'UpdateFunctionConfiguration') return [];
  const { FunctionName, Role, Layers = [] } = input as InputOf<'UpdateFunctionConfiguration'>;
  const { Tags } = input as { readonly Tags?: Readonly<Record<string, string>> };
  const arn = functionArn(options.home, splitReference(FunctionName)?.name ?? FunctionName);
  const passed = {
    'iam:PassedToService': 'lambda.amazonaws.com',
    'iam:AssociatedResourceArn': arn,
  };
  const { conditions } = operationSubject(name, input, options.home);
  return [
    ...(Role === undefined ? [] : [{ action: 'iam:PassRole', resource: Role, conditions: passed }]),
    ...(Tags === undefined || Object.keys(Tags).length === 0
      ? []
      : [{ action: 'lambda:TagResource', resource: arn, conditions }]),
    ...Layers.map((resource) => ({ action: 'lambda:GetLayerVersion', resource })),
  ];
}

interface CodeObject {
  readonly bucket: string;
  readonly key: string;
  readonly hasVersion: boolean;
}

/** The object of a bucket that a request has code from. */
function codeObject(name: OperationName, input: Input): CodeObject | undefined {
  const holder = { CreateFunction: input['Code'], PublishLayerVersion: input['Content'] } as Input;
  const code = (name === 'UpdateFunctionCode' ? input : holder[name]) as Input | undefined;
  const { S3Bucket: bucket, S3Key: key, S3ObjectVersion: version } = code ?? {};
  if (typeof bucket !== 'string' || typeof key !== 'string') return undefined;
  return { bucket, key, hasVersion: version !== undefined };
}

function checkObject(
  { bucket, key, hasVersion }: CodeObject,
  check: (subject: Subject) => void,
): void {
  const action = hasVersion ? 'GetObjectVersion' : 'GetObject';
  try {
    check({ action: `s3:${action}`, resource: `arn:aws:s3:::${bucket}/${key}` });
  } catch (cause) {
    if (!(cause instanceof AccessError)) throw cause;
    throw new ApiError(
      403,
      'AccessDeniedException',
      `Your access has been denied by S3, please make sure your request credentials have permission to ${action} for ${bucket}/${key}. S3 Error Code: AccessDenied. S3 Error Message: Access Denied`,
      { cause },
    );
  }
}

/** `aws:ResourceTag/...` of a function, with its versions and aliases, or of a mapping. */
function tagsOf(resource: string, { store, sources }: LambdaRooms): Conditions {
  const [, functionName] = /:function:([^:]+)/.exec(resource) ?? [];
  const [, mappingId] = /:event-source-mapping:(.+)$/.exec(resource) ?? [];
  const { tags = {} } =
    (functionName && store.find(functionName)?.settings) ||
    (mappingId && sources.mappings.find(mappingId)) ||
    {};
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
  );
}
