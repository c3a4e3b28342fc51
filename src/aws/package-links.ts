import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { functionArn } from '../core/arn.ts';
import { ApiError, notFound } from './api-error.ts';
import type { LambdaRooms } from '../lambda-rooms.ts';
import type { Call, DoorRequest, DoorResponse } from './operation.ts';

/** Links to packages begin with this, next to the paths of the API. */
const prefix = '/_packages/';

/** As long as AWS's presigned links hold. */
const validMs = 600_000;

/** Links of one `Lambda` are worth nothing in another, which may be somebody else's. */
const secrets = new WeakMap<LambdaRooms, Buffer>();

/** A link by which the package of a version can be fetched without credentials, for ten minutes. */
export function functionPackageLink(call: Call, functionName: string, version: string): string {
  return link(call, `function/${functionName}/${encodeURIComponent(version)}`);
}

/** As `functionPackageLink`, for a version of a layer. */
export function layerPackageLink(call: Call, layerName: string, version: number): string {
  return link(call, `layer/${layerName}/${version}`);
}

function link({ request, rooms }: Call, what: string): string {
  const expires = String(rooms.options.clock.now() + validMs);
  const { region } = rooms.options.home;
  const host = request.headers['host'] ?? `lambda.${region}.amazonaws.com`;
  const query = new URLSearchParams({ expires, signature: sign(rooms, what, expires) });
  return `${request.protocol ?? 'https'}://${host}${prefix}${what}?${query.toString()}`;
}

export function isPackageLink({ path }: DoorRequest): boolean {
  return path.startsWith(prefix);
}

/** Answers a request for a package; only links that this `Lambda` made are good. */
export async function openPackageLink(
  request: DoorRequest,
  rooms: LambdaRooms,
): Promise<DoorResponse> {
  const what = request.path.slice(prefix.length);
  const { expires, signature } = request.query;
  if (
    typeof expires !== 'string' ||
    typeof signature !== 'string' ||
    !isSigned(rooms, what, expires, signature)
  ) {
    throw new ApiError(403, 'AccessDeniedException', 'The signature of this link is not valid');
  }
  if (Number(expires) < rooms.options.clock.now()) {
    throw new ApiError(403, 'AccessDeniedException', 'Request has expired');
  }
  const body = await packageOf(what, rooms);
  return { status: 200, headers: { 'content-type': 'application/zip' }, body };
}

async function packageOf(what: string, { store, options }: LambdaRooms): Promise<Uint8Array> {
  const [kind, name = '', version = ''] = what.split('/').map(decodeURIComponent);
  if (kind === 'layer') {
    const { partition, region, accountId } = options.home;
    const arn = `arn:${partition}:lambda:${region}:${accountId}:layer:${name}:${version}`;
    const layer = await store.layers.packageOf(arn);
    if (layer !== undefined) return layer;
    throw notFound(`Layer version ${arn} does not exist.`);
  }
  if (store.has(name, version)) {
    return store.versions.get(name, version).code.package();
  }
  throw notFound(`Function not found: ${functionArn(options.home, name, version)}`);
}

function sign(rooms: LambdaRooms, what: string, expires: string): string {
  let secret = secrets.get(rooms);
  if (secret === undefined) {
    secret = randomBytes(32);
    secrets.set(rooms, secret);
  }
  return createHmac('sha256', secret).update(`${what} ${expires}`).digest('hex');
}

function isSigned(rooms: LambdaRooms, what: string, expires: string, signature: string): boolean {
  const expected = Buffer.from(sign(rooms, what, expires));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
