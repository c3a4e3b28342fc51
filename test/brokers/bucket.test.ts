import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Bucket } from '../../src/brokers/bucket.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

describe('objects', () => {
  test('an object comes back with what it was put with', async () => {
    const bucket = new Bucket('uploads', {}, { clock: new VirtualClock(1_767_225_600_750) });
    const { etag } = await bucket.put('hello.txt', 'grüß', {
      contentType: 'text/plain',
      metadata: { Author: 'Ada' },
    });
    const object = await bucket.get('hello.txt');

    expect(etag).toBe(`"${md5('grüß')}"`);
    expect(object?.text()).toBe('grüß');
    expect(object).toMatchObject({
      key: 'hello.txt',
      size: 6,
      etag,
      lastModified: new Date(1_767_225_600_000),
      contentType: 'text/plain',
      metadata: { author: 'Ada' },
    });
    expect(await bucket.head('hello.txt')).not.toHaveProperty('body');
    expect(bucket.arn).toBe('arn:aws:s3:::uploads');
  });

  test('bytes are copied on the way in and on the way out', async () => {
    const bucket = new Bucket('uploads');
    const bytes = new Uint8Array([1, 2, 3]);
    await bucket.put('a', bytes);
    bytes[0] = 9;
    const first = await bucket.get('a');
    first?.body.fill(7);

    expect((await bucket.get('a'))?.body).toEqual(new Uint8Array([1, 2, 3]));
  });

  test('what is not there is undefined, and deleting it is no error', async () => {
    const bucket = new Bucket('uploads');
    await bucket.delete('nothing');
    expect(await bucket.get('nothing')).toBeUndefined();
    expect(await bucket.head('nothing')).toBeUndefined();
    expect(await bucket.deleteMany(['a', 'b'])).toEqual({ deleted: ['a', 'b'] });
  });

  test('a copy keeps type and metadata unless one of them is given', async () => {
    const bucket = new Bucket('uploads');
    const archive = new Bucket('archive');
    await bucket.put('a', 'x', { contentType: 'text/plain', metadata: { by: 'ada' } });
    await archive.copy({ bucket, key: 'a' }, 'b');
    await archive.copy({ key: 'b' }, 'c', { metadata: { by: 'bob' } });

    expect(await archive.head('b')).toMatchObject({
      contentType: 'text/plain',
      metadata: { by: 'ada' },
    });
    expect(await archive.head('c')).toMatchObject({
      contentType: 'binary/octet-stream',
      metadata: { by: 'bob' },
    });
    await expect(archive.copy({ key: 'missing' }, 'd')).rejects.toMatchObject({
      awsCode: 'NoSuchKey',
    });
    await expect(archive.copy({ key: 'b' }, 'b')).rejects.toMatchObject({
      awsCode: 'InvalidRequest',
    });
  });

  test.each([
    ['an empty key', '', { code: 'ERR_INVALID_OPTION', option: 'key' }],
    ['half of a surrogate pair', '\ud800', { code: 'ERR_INVALID_OPTION', option: 'key' }],
    ['more than 1,024 bytes', 'ü'.repeat(513), { awsCode: 'KeyTooLongError' }],
  ])('%s is no key', async (_, key, error) => {
    await expect(new Bucket('uploads').put(key, '')).rejects.toMatchObject(error);
  });

  test('metadata has 2 KB', async () => {
    const bucket = new Bucket('uploads');
    await bucket.put('a', '', { metadata: { k: 'x'.repeat(2_047) } });
    await expect(bucket.put('a', '', { metadata: { k: 'x'.repeat(2_048) } })).rejects.toMatchObject(
      { awsCode: 'MetadataTooLarge' },
    );
  });

  test.each(['ab', 'Upper', 'a..b', '10.0.0.1', '-a-', 'xn--abc', 'x'.repeat(64)])(
    '"%s" is no name of a bucket',
    (name) => {
      expect(() => new Bucket(name)).toThrow(/`name`/);
    },
  );
});

describe('lists', () => {
  async function bucketWith(keys: readonly string[]): Promise<Bucket> {
    const bucket = new Bucket('uploads');
    for (const key of keys) await bucket.put(key, key);
    return bucket;
  }

  test('keys come in the order of their bytes in UTF-8', async () => {
    const keys = ['b', 'a', 'Z', 'é', '\u{1f600}', '\uff5e', 'a/b', 'a-b'];
    const { objects, keyCount } = await (await bucketWith(keys)).list();
    expect(objects.map(({ key }) => key)).toEqual(
      [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
    expect(keyCount).toBe(8);
  });

  test('a delimiter rolls keys up into common prefixes', async () => {
    const bucket = await bucketWith(['a.txt', 'img/', 'img/1.jpg', 'img/2.jpg', 'log/x/1', 'z']);
    expect(await bucket.list({ delimiter: '/' })).toMatchObject({
      objects: [{ key: 'a.txt', size: 5 }, { key: 'z' }],
      commonPrefixes: ['img/', 'log/'],
      keyCount: 4,
      isTruncated: false,
    });
    expect(await bucket.list({ prefix: 'log/', delimiter: '/' })).toMatchObject({
      objects: [],
      commonPrefixes: ['log/x/'],
    });
    expect(await bucket.list({ prefix: 'img/', delimiter: '/', startAfter: 'img/1.jpg' }))
      // `img/` itself is a key without a delimiter behind the prefix.
      .toMatchObject({ objects: [{ key: 'img/2.jpg' }], commonPrefixes: [] });
  });

  test('no keys asked, none given', async () => {
    const bucket = await bucketWith(['a']);
    expect(await bucket.list({ maxKeys: 0 })).toMatchObject({ keyCount: 0, isTruncated: false });
  });

  test('a token that is none is refused', async () => {
    await expect(new Bucket('uploads').list({ continuationToken: 'x' })).rejects.toMatchObject({
      awsCode: 'InvalidArgument',
    });
  });

  test('pages of any size give every key and common prefix once', async () => {
    const segment = fc.constantFrom('a', 'b', '/', 'a/', '-');
    const keys = fc.uniqueArray(
      fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
      { maxLength: 20 },
    );
    const property = fc.asyncProperty(
      keys,
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom('', '/', 'a'),
      fc.constantFrom('', 'a', 'a/'),
      async (allKeys, maxKeys, delimiter, prefix) => {
        const bucket = await bucketWith(allKeys);
        const whole = await bucket.list({ delimiter, prefix });
        const seen: string[] = [];
        const prefixes: string[] = [];
        let token: string | undefined;
        do {
          const page = await bucket.list({
            delimiter,
            prefix,
            maxKeys,
            ...(token !== undefined && { continuationToken: token }),
          });
          expect(page.keyCount).toBeLessThanOrEqual(maxKeys);
          seen.push(...page.objects.map(({ key }) => key));
          prefixes.push(...page.commonPrefixes);
          token = page.nextContinuationToken;
        } while (token !== undefined);
        expect(seen).toEqual(whole.objects.map(({ key }) => key));
        expect(prefixes).toEqual(whole.commonPrefixes);
      },
    );
    await fc.assert(property, { numRuns: 200 });
  });
});
