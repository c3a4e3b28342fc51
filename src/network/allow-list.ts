import { BlockList, isIP } from 'node:net';
import { parseAllowRule, type ResolvedNetwork } from './network-options.ts';

type Opens = (name: string, port: number | undefined, address: string) => boolean;

/** The hosts that the embedder opens although their addresses are not public. */
export class AllowList {
  readonly #rules: readonly Opens[];

  constructor(allow: ResolvedNetwork['allow']) {
    this.#rules = allow.map(openerOf);
  }

  /**
   * Whether a connection that asks for `host` and would reach `address` is open. Without a port the
   * question is about the name alone: then any port will do.
   */
  opens(host: string, port: number | undefined, address: string): boolean {
    if (this.#rules.length === 0) return false;
    const name = host.toLowerCase().replace(/\.$/, '');
    return this.#rules.some((opens) => opens(name, port, address));
  }
}

function openerOf(entry: string): Opens {
  const { host, port: openPort } = parseAllowRule(entry);
  const fits = (port: number | undefined): boolean =>
    openPort === undefined || port === undefined || port === openPort;
  if (host.kind === 'name') return (name, port) => name === host.name && fits(port);

  const list = new BlockList();
  list.addSubnet(host.address, host.prefix, host.family);
  return (_name, port, address) =>
    fits(port) && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
