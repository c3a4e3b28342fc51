import { LambdaError } from '../core/errors.ts';

/** There is no mapping of that id. AWS: ResourceNotFoundException. */
export class MappingNotFoundError extends LambdaError<'ERR_MAPPING_NOT_FOUND'> {
  override readonly name: string = 'MappingNotFoundError';
  readonly awsCode = 'ResourceNotFoundException';
  readonly awsStatus = 404;
  readonly awsMessage = 'The resource you requested does not exist.';

  constructor(id: string) {
    super('ERR_MAPPING_NOT_FOUND', `There is no event source mapping ${JSON.stringify(id)}`);
  }
}

/** A change of a mapping is under way. AWS: ResourceInUseException. */
export class MappingInUseError extends LambdaError<'ERR_MAPPING_IN_USE'> {
  override readonly name: string = 'MappingInUseError';
  readonly awsCode = 'ResourceInUseException';
  readonly awsStatus = 400;
  readonly awsMessage: string;

  constructor(id: string, state: string, wanted: 'update' | 'delete') {
    super('ERR_MAPPING_IN_USE', `Event source mapping "${id}" is ${state.toLowerCase()} already`);
    this.awsMessage = `Cannot ${wanted} the event source mapping because it is in use.`;
  }
}
