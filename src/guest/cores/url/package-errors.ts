import {
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  nodeError,
  type NodeErrorClass,
} from '../../node/internal/errors.ts';

/** Stands in for the errors that unenv's `url` brings along: ours have Node's texts. */
export { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE };

const InvalidUrl = nodeError('ERR_INVALID_URL', TypeError, 'Invalid URL');

export class ERR_INVALID_URL extends InvalidUrl {
  readonly input: string;

  constructor(input: string) {
    super();
    this.input = input;
  }
}
export const ERR_INVALID_URL_SCHEME: NodeErrorClass<[expected: string]> = nodeError(
  'ERR_INVALID_URL_SCHEME',
  TypeError,
  (expected: string) => `The URL must be of scheme ${expected}`,
);
export const ERR_INVALID_FILE_URL_PATH: NodeErrorClass<[path: string]> = nodeError(
  'ERR_INVALID_FILE_URL_PATH',
  TypeError,
  (path: string) => `File URL path ${path}`,
);
export const ERR_INVALID_FILE_URL_HOST: NodeErrorClass<[platform: string]> = nodeError(
  'ERR_INVALID_FILE_URL_HOST',
  TypeError,
  (platform: string) => `File URL host must be "localhost" or empty on ${platform}`,
);
