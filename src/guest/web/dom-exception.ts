import { NativeError } from '../primordials.ts';
import { defineBrand } from './internal/brands.ts';
import { defineConstants, defineInterface } from './internal/interfaces.ts';
import { domString } from './internal/conversions.ts';
import { definePlatformKind } from './internal/platform-kinds.ts';

/** Legacy codes by name. */
const codes: Readonly<Record<string, number>> = {
  IndexSizeError: 1,
  HierarchyRequestError: 3,
  WrongDocumentError: 4,
  InvalidCharacterError: 5,
  NoModificationAllowedError: 7,
  NotFoundError: 8,
  NotSupportedError: 9,
  InUseAttributeError: 10,
  InvalidStateError: 11,
  SyntaxError: 12,
  InvalidModificationError: 13,
  NamespaceError: 14,
  InvalidAccessError: 15,
  TypeMismatchError: 17,
  SecurityError: 18,
  NetworkError: 19,
  AbortError: 20,
  URLMismatchError: 21,
  QuotaExceededError: 22,
  TimeoutError: 23,
  InvalidNodeTypeError: 24,
  DataCloneError: 25,
};

const constantNames = [
  'INDEX_SIZE_ERR',
  'DOMSTRING_SIZE_ERR',
  'HIERARCHY_REQUEST_ERR',
  'WRONG_DOCUMENT_ERR',
  'INVALID_CHARACTER_ERR',
  'NO_DATA_ALLOWED_ERR',
  'NO_MODIFICATION_ALLOWED_ERR',
  'NOT_FOUND_ERR',
  'NOT_SUPPORTED_ERR',
  'INUSE_ATTRIBUTE_ERR',
  'INVALID_STATE_ERR',
  'SYNTAX_ERR',
  'INVALID_MODIFICATION_ERR',
  'NAMESPACE_ERR',
  'INVALID_ACCESS_ERR',
  'VALIDATION_ERR',
  'TYPE_MISMATCH_ERR',
  'SECURITY_ERR',
  'NETWORK_ERR',
  'ABORT_ERR',
  'URL_MISMATCH_ERR',
  'QUOTA_EXCEEDED_ERR',
  'TIMEOUT_ERR',
  'INVALID_NODE_TYPE_ERR',
  'DATA_CLONE_ERR',
];

/** Hands a foreign object to the subclass, whose private fields are then stamped onto it. */
const Given = function (target: object): object {
  return target;
} as unknown as new (target: object) => object;

/** The private fields of a DOMException, on an object that is a real error with a real stack. */
class Fields extends Given {
  #name: string;
  #message: string;

  constructor(target: object, name: string, message: string) {
    super(target);
    this.#name = name;
    this.#message = message;
  }

  static stamp(target: object, name: string, message: string): object {
    return new Fields(target, name, message);
  }
  static has(value: object): boolean {
    return #name in value;
  }
  static nameOf(value: Fields): string {
    return value.#name;
  }
  static messageOf(value: Fields): string {
    return value.#message;
  }
}

const { captureStackTrace } = NativeError as unknown as {
  captureStackTrace(target: object, above: unknown): void;
};

/** The web's DOMException; as in Node, its instances are native errors. */
export class DOMException {
  constructor(message: unknown = '', options: unknown = 'Error') {
    const text = domString(message);
    const error = new NativeError(text);
    Object.setPrototypeOf(error, new.target.prototype);
    const isDictionary = options !== null && typeof options === 'object';
    const given = isDictionary ? (options as { name?: unknown; cause?: unknown }) : undefined;
    const name = given === undefined ? domString(options) : domString(given.name ?? 'Error');
    // Stamps the fields; the stack's header shows them.
    Fields.stamp(error, name, text);
    if (given !== undefined && 'cause' in given) {
      Object.defineProperty(error, 'cause', {
        value: given.cause,
        configurable: true,
        writable: true,
        enumerable: false,
      });
    }
    captureStackTrace(error, new.target);
    // It was there for the stack's header, which V8 makes without calling accessors.
    delete (error as { message?: string }).message;
    return error as unknown as DOMException;
  }

  get name(): string {
    return Fields.nameOf(this as unknown as Fields);
  }
  get message(): string {
    return Fields.messageOf(this as unknown as Fields);
  }
  get code(): number {
    const name = Fields.nameOf(this as unknown as Fields);
    return Object.hasOwn(codes, name) ? (codes[name] ?? 0) : 0;
  }
}

Object.setPrototypeOf(DOMException.prototype, NativeError.prototype);
defineInterface(DOMException, 'DOMException', ['name', 'message', 'code']);
defineConstants(
  [DOMException, DOMException.prototype],
  Object.fromEntries(constantNames.map((name, index) => [name, index + 1])),
);
defineBrand('DOMException', Fields.has);

/** A DOMException typed as the error that it is. */
export function domException(message: string, name: string): Error {
  return new DOMException(message, name);
}
definePlatformKind({
  isOf: Fields.has,
  clone: (value) => {
    const { name, message } = value as DOMException;
    return new DOMException(message, name);
  },
});
