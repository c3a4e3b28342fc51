/** What a host name stands for. */
export interface HttpAddress {
  readonly kind: 'url' | 'api';
  readonly id: string;
}

const pattern =
  /^([a-z0-9]{1,64})\.(?:(lambda-url)\.([a-z0-9-]+)\.(?:on\.aws|localhost)|execute-api\.([a-z0-9-]+)\.(?:amazonaws\.com|localhost))$/;

/**
 * Reads `{id}.lambda-url.{region}.on.aws`, `{id}.execute-api.{region}.amazonaws.com`, and both under `localhost`,
 * where a server on this machine stands for them. Undefined for other hosts and regions.
 */
export function addressOf(hostname: string, region: string): HttpAddress | undefined {
  const [, id, url, ofUrl, ofApi] = pattern.exec(hostname.toLowerCase()) ?? [];
  if (id === undefined || (ofUrl ?? ofApi) !== region) return undefined;
  return { kind: url === undefined ? 'api' : 'url', id };
}
