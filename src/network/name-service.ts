import { Resolver, lookup } from 'node:dns/promises';

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Records that a guest may ask for, under the names of Node's `dns.resolve`. */
export const recordTypes = [
  'A',
  'AAAA',
  'ANY',
  'CAA',
  'CNAME',
  'MX',
  'NAPTR',
  'NS',
  'PTR',
  'SOA',
  'SRV',
  'TLSA',
  'TXT',
] as const;
export type RecordType = (typeof recordTypes)[number];

/** Who answers for names; a port, so that tests and embedders can answer themselves. */
export interface NameService {
  /** As programs resolve names on this machine: hosts file, search domains, DNS. */
  lookup(name: string, family: 0 | 4 | 6): Promise<readonly Address[]>;
  /** Asks DNS alone. Addresses come with their time to live, in seconds. */
  resolve(name: string, type: RecordType): Promise<readonly unknown[]>;
  reverse(address: string): Promise<readonly string[]>;
}

/** The names of this machine. */
export class SystemNames implements NameService {
  readonly #resolver = new Resolver({ timeout: 5_000, tries: 2 });

  async lookup(name: string, family: 0 | 4 | 6): Promise<readonly Address[]> {
    const found = await lookup(name, { all: true, family, order: 'verbatim' });
    return found.map((entry) => ({ address: entry.address, family: entry.family === 6 ? 6 : 4 }));
  }

  async resolve(name: string, type: RecordType): Promise<readonly unknown[]> {
    if (type === 'A') return this.#resolver.resolve4(name, { ttl: true });
    if (type === 'AAAA') return this.#resolver.resolve6(name, { ttl: true });
    const found: unknown = await this.#resolver.resolve(name, type);
    return Array.isArray(found) ? (found as unknown[]) : [found];
  }

  reverse(address: string): Promise<readonly string[]> {
    return this.#resolver.reverse(address);
  }
}
