import { constants } from 'node:os';

/** What went wrong at the door, with the fields that Node's own errors have. Guests may see all of it. */
export class EgressError extends Error {
  override readonly name: string = 'Error';
  readonly code: string;
  /** `errno`, `syscall`, `address`, `port`, `hostname`, as far as they are known. */
  readonly fields: Readonly<Record<string, string | number>>;

  constructor(code: string, message: string, fields: Readonly<Record<string, string | number>>) {
    super(message);
    this.code = code;
    this.fields = fields;
  }
}

/** A refusal of this library, not of the network: `EACCES`, as a firewall on this machine would give. */
export function refusal(
  syscall: string,
  message: string,
  fields: Readonly<Record<string, string | number>> = {},
): EgressError {
  return new EgressError('EACCES', `${syscall} EACCES ${message}`, {
    errno: -constants.errno.EACCES,
    syscall,
    ...fields,
  });
}

const passedOn = ['errno', 'syscall', 'address', 'port', 'hostname'] as const;

/** Turns what Node's sockets and resolvers throw into an `EgressError`; `undefined` for anything else. */
export function egressErrorOf(error: unknown): EgressError | undefined {
  if (error instanceof EgressError) return error;
  if (!(error instanceof Error)) return undefined;
  // Several addresses were tried: the first tells best, as the order is the resolver's.
  const told = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  if (!(told instanceof Error) || !('code' in told) || typeof told.code !== 'string') {
    return undefined;
  }
  const fields: Record<string, string | number> = {};
  for (const name of passedOn) {
    const value: unknown = Reflect.get(told, name);
    if (typeof value === 'string' || typeof value === 'number') fields[name] = value;
  }
  return new EgressError(told.code, told.message, fields);
}
