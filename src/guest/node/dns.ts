import { operate } from '../host.ts';
import { nextTick } from '../ticks.ts';
import { dnsCodes, hints, unavailable } from '../cores/net/dns-words.ts';
import { isIP } from '../cores/net/ip.ts';
import { hostData, hostText } from '../web/internal/host-text.ts';
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } from './internal/errors.ts';
import { validateFunction, validateOneOf, validateString } from './internal/validators.ts';

interface Address {
  readonly address: string;
  readonly family: number;
}

interface LookupOptions {
  readonly family?: number | string;
  readonly all?: boolean;
  readonly hints?: number;
  readonly order?: string;
  readonly verbatim?: boolean;
}

type Callback = (error: Error | null, ...results: unknown[]) => void;

const orders = ['verbatim', 'ipv4first', 'ipv6first'];
let defaultOrder = 'verbatim';

/** All addresses of a name, in the order that was asked for. */
async function findAddresses(host: string, options: LookupOptions): Promise<Address[]> {
  const family = familyOf(options.family);
  const version = isIP(host);
  if (version !== 0) return [{ address: host, family: version }];
  const found = await ask<Address[]>('dns.lookup', { name: host, family });
  const fallback = options.verbatim === false ? 'ipv4first' : defaultOrder;
  const order = options.order ?? fallback;
  if (order === 'verbatim') return found;
  const first = order === 'ipv4first' ? 4 : 6;
  return [...found].sort((a, b) => Number(b.family === first) - Number(a.family === first));
}

function familyOf(family: unknown): number {
  if (family === undefined || family === 0) return 0;
  if (family === 4 || family === 'IPv4') return 4;
  if (family === 6 || family === 'IPv6') return 6;
  throw new ERR_INVALID_ARG_VALUE('options.family', family, 'must be one of: 0, 4, 6');
}

function readLookup(host: unknown, given: unknown): { host: string; options: LookupOptions } {
  if (host !== undefined && host !== null && host !== '') validateString(host, 'hostname');
  const options =
    typeof given === 'object' && given !== null
      ? (given as LookupOptions)
      : { family: given as number };
  if (options.order !== undefined) validateOneOf(options.order, 'options.order', orders);
  familyOf(options.family);
  return { host: host ?? '', options };
}

async function lookupPromise(hostname: unknown, given?: unknown): Promise<Address | Address[]> {
  const { host, options } = readLookup(hostname, given);
  if (host === '') {
    return options.all === true
      ? []
      : { address: null as unknown as string, family: familyOf(options.family) === 6 ? 6 : 4 };
  }
  const found = await findAddresses(host, options);
  return options.all === true ? found : (found[0] as Address);
}

function lookup(hostname: unknown, given: unknown, done?: unknown): object {
  const callback = (typeof given === 'function' ? given : done) as Callback;
  validateFunction(callback, 'callback');
  const options = typeof given === 'function' ? {} : given;
  // Mistakes of the caller are thrown, not called back.
  readLookup(hostname, options);
  follow(lookupPromise(hostname, options), callback, (found) =>
    Array.isArray(found) ? [found] : [found.address, found.family],
  );
  return {};
}

function follow<T>(
  promise: Promise<T>,
  callback: Callback,
  results: (value: T) => unknown[],
): void {
  promise.then(
    (value) => nextTick(() => callback(null, ...results(value)), []),
    (error: Error) => nextTick(() => callback(error), []),
  );
}

async function ask<T>(name: string, question: object): Promise<T> {
  return hostData(await operate(name, hostText(question))) as T;
}

type Records = unknown[];

/** Turns what the host answers into what Node gives for a type. */
async function query(name: unknown, type: string, withTtl: boolean): Promise<unknown> {
  validateString(name, 'hostname');
  const records = await ask<Records>('dns.resolve', { name, type });
  if (type === 'A' || type === 'AAAA') {
    return withTtl ? records : (records as Address[]).map(({ address }) => address);
  }
  return type === 'SOA' ? records[0] : records;
}

const methods: Record<string, string> = {
  resolve4: 'A',
  resolve6: 'AAAA',
  resolveAny: 'ANY',
  resolveCaa: 'CAA',
  resolveCname: 'CNAME',
  resolveMx: 'MX',
  resolveNaptr: 'NAPTR',
  resolveNs: 'NS',
  resolvePtr: 'PTR',
  resolveSoa: 'SOA',
  resolveSrv: 'SRV',
  resolveTlsa: 'TLSA',
  resolveTxt: 'TXT',
};
const types = Object.values(methods);

const hasTtl = (options: unknown): boolean =>
  typeof options === 'object' && options !== null && (options as { ttl?: unknown }).ttl === true;

async function resolvePromise(name: unknown, type: unknown = 'A'): Promise<unknown> {
  validateOneOf(type, 'rrtype', types);
  return query(name, type as string, false);
}

async function reversePromise(address: unknown): Promise<unknown> {
  validateString(address, 'ip');
  if (isIP(address) === 0) {
    const error = new Error(`getHostByAddr EINVAL ${address}`);
    throw Object.assign(error, {
      code: 'EINVAL',
      errno: -22,
      syscall: 'getHostByAddr',
      hostname: address,
    });
  }
  return ask('dns.reverse', { address });
}

function resolve(name: unknown, type: unknown, done?: unknown): void {
  const callback = (typeof type === 'function' ? type : done) as Callback;
  validateFunction(callback, 'callback');
  validateString(name, 'name');
  const kind = typeof type === 'function' ? 'A' : type;
  validateOneOf(kind, 'rrtype', types);
  follow(query(name, kind as string, false), callback, (records) => [records]);
}

function reverse(address: unknown, done: unknown): void {
  validateFunction(done, 'callback');
  follow(reversePromise(address), done as Callback, (names) => [names]);
}

const withCallbacks: Record<string, unknown> = { resolve, reverse };
const withPromises: Record<string, unknown> = { resolve: resolvePromise, reverse: reversePromise };
for (const [name, type] of Object.entries(methods)) {
  withPromises[name] = (host: unknown, options?: unknown) => query(host, type, hasTtl(options));
  withCallbacks[name] = (host: unknown, options: unknown, done?: unknown) => {
    const callback = (typeof options === 'function' ? options : done) as Callback;
    validateFunction(callback, 'callback');
    validateString(host, 'name');
    follow(query(host, type, hasTtl(options)), callback, (records) => [records]);
  };
}

/** The servers are the host's; a guest is not told which. */
const servers = {
  getServers: (): string[] => [],
  setServers: (): never => {
    throw unavailable('dns.setServers');
  },
};

function resolverClass(answers: Record<string, unknown>) {
  class Resolver {
    cancel(): void {}
    setLocalAddress(): never {
      throw unavailable('resolver.setLocalAddress');
    }
  }
  Object.assign(Resolver.prototype, answers, servers);
  return Resolver;
}

function lookupService(_address: unknown, _port: unknown, done: unknown): void {
  validateFunction(done, 'callback');
  nextTick(() => (done as Callback)(unavailable('dns.lookupService')), []);
}

const ordering = {
  getDefaultResultOrder: () => defaultOrder,
  setDefaultResultOrder: (order: unknown) => {
    if (typeof order !== 'string') throw new ERR_INVALID_ARG_TYPE('dnsOrder', 'string', order);
    validateOneOf(order, 'dnsOrder', orders);
    defaultOrder = order;
  },
};

export const promises = {
  ...withPromises,
  ...servers,
  ...ordering,
  ...dnsCodes,
  Resolver: resolverClass(withPromises),
  lookup: lookupPromise,
  lookupService: async () => {
    throw unavailable('dns.lookupService');
  },
};

export const builtin = {
  ...hints,
  ...withCallbacks,
  ...servers,
  ...ordering,
  ...dnsCodes,
  Resolver: resolverClass(withCallbacks),
  lookup,
  lookupService,
  promises,
};
