import { part } from '../../parts.ts';
import { JsonParse, NativeTypeError } from '../../primordials.ts';
import type { Body } from './body.ts';

/** What a request and a response have in common. https://fetch.spec.whatwg.org/#body-mixin */
export interface BodyOwner {
  readonly body: Body | undefined;
  /** The value of `content-type`. */
  readonly contentType: () => string | null;
}

type StateOf<T> = (self: T) => BodyOwner;

const noBytes = (): Uint8Array<ArrayBuffer> => new Uint8Array(0);

/** Adds `body`, `bodyUsed` and the methods that consume the body. */
export function defineBodyMixin<T extends object>(
  constructor: { readonly prototype: T },
  name: string,
  stateOf: StateOf<T>,
): void {
  const owner = (self: T): BodyOwner => {
    const state = stateOf(self);
    if (state.body?.isUnusable === true) {
      throw new NativeTypeError('Body is unusable: Body has already been read');
    }
    return state;
  };
  const members = {
    get body(): object | null {
      return stateOf(this as unknown as T).body?.stream() ?? null;
    },
    get bodyUsed(): boolean {
      return stateOf(this as unknown as T).body?.isUsed ?? false;
    },
    async arrayBuffer(this: T): Promise<ArrayBuffer> {
      return ((await owner(this).body?.bytes()) ?? noBytes()).buffer;
    },
    async blob(this: T): Promise<object> {
      const { body, contentType } = owner(this);
      const bytes = (await body?.bytes()) ?? noBytes();
      const { blobOf } = part('web/blob') as typeof import('../blob.ts');
      const mime = part('web/internal/mime-type') as typeof import('./mime-type.ts');
      const type = mime.extractMimeType(contentType());
      return blobOf([bytes], type === undefined ? '' : mime.serializeMimeType(type));
    },
    async bytes(this: T): Promise<Uint8Array> {
      return (await owner(this).body?.bytes()) ?? noBytes();
    },
    async formData(this: T): Promise<object> {
      return readForm(owner(this));
    },
    async json(this: T): Promise<unknown> {
      return JsonParse((await owner(this).body?.text()) ?? '');
    },
    async text(this: T): Promise<string> {
      return (await owner(this).body?.text()) ?? '';
    },
  };
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(members))) {
    Object.defineProperty(constructor.prototype, key, descriptor);
  }
}

async function readForm({ body, contentType }: BodyOwner): Promise<object> {
  // Read before its type is looked at, as Node does: an error of the body comes first.
  const bytes = (await body?.bytes()) ?? noBytes();
  const mime = part('web/internal/mime-type') as typeof import('./mime-type.ts');
  const type = mime.extractMimeType(contentType());
  if (type?.essence === 'multipart/form-data') {
    const boundary = type.parameters.get('boundary');
    const { parseForm } = part('web/internal/multipart') as typeof import('./multipart.ts');
    const form = boundary === undefined ? undefined : parseForm(bytes, boundary);
    if (form === undefined) throw new NativeTypeError('Failed to parse body as FormData.');
    return form;
  }
  if (type?.essence === 'application/x-www-form-urlencoded') {
    const { decodeKeepingMark, parseUrlencoded } = part(
      'web/internal/form-urlencoded',
    ) as typeof import('./form-urlencoded.ts');
    const { formOf } = part('web/form-data') as typeof import('../form-data.ts');
    return formOf(parseUrlencoded(decodeKeepingMark(bytes)));
  }
  throw new NativeTypeError(
    'Content-Type was not one of "multipart/form-data" or "application/x-www-form-urlencoded".',
  );
}
