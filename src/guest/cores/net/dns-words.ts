import { systemErrors } from '../../node/internal/errno.ts';

/** Codes of `node:dns`, under the names of its constants. */
export const dnsCodes = {
  NODATA: 'ENODATA',
  FORMERR: 'EFORMERR',
  SERVFAIL: 'ESERVFAIL',
  NOTFOUND: 'ENOTFOUND',
  NOTIMP: 'ENOTIMP',
  REFUSED: 'EREFUSED',
  BADQUERY: 'EBADQUERY',
  BADNAME: 'EBADNAME',
  BADFAMILY: 'EBADFAMILY',
  BADRESP: 'EBADRESP',
  CONNREFUSED: 'ECONNREFUSED',
  TIMEOUT: 'ETIMEOUT',
  EOF: 'EOF',
  FILE: 'EFILE',
  NOMEM: 'ENOMEM',
  DESTRUCTION: 'EDESTRUCTION',
  BADSTR: 'EBADSTR',
  BADFLAGS: 'EBADFLAGS',
  NONAME: 'ENONAME',
  BADHINTS: 'EBADHINTS',
  NOTINITIALIZED: 'ENOTINITIALIZED',
  LOADIPHLPAPI: 'ELOADIPHLPAPI',
  ADDRGETNETWORKPARAMS: 'EADDRGETNETWORKPARAMS',
  CANCELLED: 'ECANCELLED',
} as const;

/** Hints of `getaddrinfo` on Linux. */
export const hints = { ADDRCONFIG: 32, V4MAPPED: 8, ALL: 16 } as const;

export function unavailable(what: string): Error {
  const [errno] = systemErrors['ENOTSUP'] ?? [-95];
  const error = new Error(`${what} is not available here: names are resolved by the host`);
  return Object.assign(error, { code: 'ENOTSUP', errno });
}
