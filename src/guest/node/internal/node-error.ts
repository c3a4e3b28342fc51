/**
 * How Node makes its own errors: a class for each code, whose instances have an own `code` and show it in
 * their stack (`TypeError [ERR_X]: text`) but not in their name.
 */
export type NodeError = Error & { code: string };

export type NodeErrorClass<Args extends unknown[]> = new (...args: Args) => NodeError;

type NativeErrorClass = new (message?: string, options?: ErrorOptions) => Error;

/** Makes the class of one code; `text` turns the constructor's arguments into the message. */
export function nodeError<Args extends unknown[] = []>(
  code: string,
  Base: NativeErrorClass,
  text: string | ((...args: Args) => string),
): NodeErrorClass<Args> {
  class NodeErrorOfCode extends Base {
    readonly code: string;

    constructor(...args: Args) {
      super(typeof text === 'string' ? text : text(...args));
      this.code = code;
      showCodeInStack(this, code);
    }

    override toString(): string {
      return `${this.name} [${code}]: ${this.message}`;
    }
  }
  Object.defineProperty(NodeErrorOfCode.prototype, 'constructor', {
    value: Base,
    writable: true,
    configurable: true,
    enumerable: false,
  });
  return NodeErrorOfCode;
}

/** V8 writes the name that an error has when its stack is first read. */
export function showCodeInStack(error: Error, code: string): void {
  Object.defineProperty(error, 'name', {
    value: `${error.name} [${code}]`,
    writable: true,
    configurable: true,
    enumerable: false,
  });
  void error.stack;
  delete (error as { name?: string }).name;
}

/** An error with a code for which no class is worth its while. */
export function errorWithCode(
  code: string,
  message: string,
  Base: NativeErrorClass = Error,
): NodeError {
  return new (nodeError(code, Base, message))();
}
