import { describe, expect, test } from 'vitest';
import { checkQueueAttributes, checkTopicAttributes } from '../../src/brokers/attribute-rules.ts';
import {
  attributesBytes,
  toMessageAttributes,
  type MessageAttributesInput,
} from '../../src/brokers/message-attributes.ts';
import { md5OfAttributes, md5OfBody, sha256OfBody } from '../../src/brokers/message-digests.ts';
import { packAttributes, unpackAttributes } from '../../src/brokers/packed-attributes.ts';

const everyKind: MessageAttributesInput = {
  title: 'Notes',
  pages: 180,
  cover: Uint8Array.of(2, 3, 4),
  price: { dataType: 'Number.cents', stringValue: '1999' },
};

test('strings, numbers and bytes become attributes of their type', () => {
  expect(toMessageAttributes(everyKind)).toEqual({
    title: { dataType: 'String', stringValue: 'Notes' },
    pages: { dataType: 'Number', stringValue: '180' },
    cover: { dataType: 'Binary', binaryValue: Uint8Array.of(2, 3, 4) },
    price: { dataType: 'Number.cents', stringValue: '1999' },
  });
});

test('names, types and values count for the size', () => {
  // 'a' + 'Number' + '1', which SNS was seen to count as 8.
  expect(attributesBytes(toMessageAttributes({ a: 1 }))).toBe(8);
  expect(attributesBytes(toMessageAttributes({ é: Uint8Array.of(1, 2, 3) }))).toBe(2 + 6 + 3);
});

test('attributes survive as JSON', () => {
  const attributes = toMessageAttributes({ ...everyKind, ['__proto__']: 'own' });
  const packed: unknown = JSON.parse(JSON.stringify(packAttributes(attributes)));
  expect(unpackAttributes(packed as ReturnType<typeof packAttributes>)).toEqual(attributes);
  expect(packAttributes({})).toBeUndefined();
});

test.each([
  [[], 'attributes'],
  [new Map(), 'attributes'],
  [{ a: Number.NaN }, 'attributes.a'],
  [{ a: { stringValue: 'x' } }, 'attributes.a.dataType'],
  [{ a: { dataType: 'String', value: 'x' } }, 'attributes.a'],
  [{ a: { dataType: 'Binary', binaryValue: 'eA==' } }, 'attributes.a.binaryValue'],
])('%o are no attributes', (given, option) => {
  expect(() => toMessageAttributes(given as unknown as MessageAttributesInput)).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_OPTION', option }),
  );
});

// Sums that AWS itself gave.
describe('digests', () => {
  test.each([
    ['message-1', '3d6b824fd8c1520e9a047d21fee6fb1f'],
    ['message-body-1', '19c9e282d65f9733bc6b35d50062c7ee'],
    ['test', '098f6bcd4621d373cade4e832627b4f6'],
  ])('the MD5 of the body "%s"', (body, md5) => {
    expect(md5OfBody(body)).toBe(md5);
  });

  const traceparent = 'traceparent\u001e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01';
  test.each<[string, MessageAttributesInput, string]>([
    ['a string', { MyAttribute: 'foobar' }, 'adb59cd4678ea5a855436b949cd07ab6'],
    ['a number', { attr1: 19.12 }, '1f07082409022a373fa2a2601f82b3cb'],
    ['two, sorted', { attr2: 109.12, attr1: 99.12 }, '9b720b3af309c1c4b0d395c53b08c502'],
    ['bytes', { attr1: Buffer.from(traceparent) }, '8cbe4db156db8a94db8b801b7addb984'],
  ])('the MD5 of attributes: %s', (_, given, md5) => {
    expect(md5OfAttributes(toMessageAttributes(given))).toBe(md5);
  });

  test('without attributes there is no MD5 of them', () => {
    expect(md5OfAttributes({})).toBeUndefined();
  });

  test('content-based deduplication takes the SHA-256 of the body', () => {
    const sum = '532eaabd9574880dbf76b9b8cc00832c20a6ec113d682299550d7a6e0f345e25';
    expect(sha256OfBody('Test')).toBe(sum);
  });
});

describe('rules', () => {
  const refusals: [string, MessageAttributesInput, RegExp][] = [
    ['an empty name', { '': 'x' }, /name must not be empty/],
    ['a long name', { ['n'.repeat(257)]: 'x' }, /less than 256 bytes/],
    ['a strange character', { 'a^b': 'x' }, /'#x5E' was found/],
    ['a dot in front', { '.a': 'x' }, /starting with character '.'/],
    ['a dot at the end', { 'a.': 'x' }, /ending with character '.'/],
    ['two dots', { 'a..b': 'x' }, /successive '.'/],
    ['a name of AWS', { 'aWs.a': 'x' }, /beginning with 'AWS.' or 'Amazon.'/],
    ['a type that is none', { a: { dataType: 'Text', stringValue: 'x' } }, /prefixes is Binary/],
    [
      'a type without a dot',
      { a: { dataType: 'Strings', stringValue: 'x' } },
      /prefixes is Binary/,
    ],
    ['no type', { a: { dataType: '', stringValue: 'x' } }, /non-empty message attribute type/],
    [
      'a long type',
      { a: { dataType: `String.${'t'.repeat(250)}`, stringValue: 'x' } },
      /type must/,
    ],
    ['bytes that are text', { a: { dataType: 'Binary', stringValue: 'x' } }, /must use field 'Bin/],
    [
      'text that is bytes',
      { a: { dataType: 'String', binaryValue: Uint8Array.of(1) } },
      /must use/,
    ],
    ['a number that is none', { a: { dataType: 'Number', stringValue: '1x' } }, /cast/],
    ['an empty value', { a: '' }, /non-empty/],
    ['no bytes', { a: new Uint8Array() }, /non-empty/],
  ];

  test.each(refusals)('queues and topics refuse %s', (_, given, words) => {
    const attributes = toMessageAttributes(given);
    expect(() => checkQueueAttributes(attributes)).toThrow(
      expect.objectContaining({
        awsCode: 'InvalidParameterValue',
        message: expect.stringMatching(words),
      }),
    );
    expect(() => checkTopicAttributes(attributes)).toThrow(
      expect.objectContaining({
        awsCode: 'ParameterValueInvalid',
        message: expect.stringMatching(words),
      }),
    );
  });

  test.each<[string, MessageAttributesInput]>([
    ['of every kind', everyKind],
    ['with letters of any script', { 'attr.1øßä': 'x' }],
    ['with numbers in every form', { a: -1.5, b: { dataType: 'Number', stringValue: '+.5e-3' } }],
    ['with names and types of 256 characters', { ['n'.repeat(256)]: 1 }],
  ])('queues and topics take attributes %s', (_, given) => {
    checkQueueAttributes(toMessageAttributes(given));
    checkTopicAttributes(toMessageAttributes(given));
  });

  test('a queue takes 10 attributes, a topic more', () => {
    const names = Array.from({ length: 11 }, (_, index) => `a${index}`);
    const attributes = toMessageAttributes(Object.fromEntries(names.map((name) => [name, 'x'])));
    checkTopicAttributes(attributes);
    expect(() => checkQueueAttributes(attributes)).toThrow(
      'Number of message attributes [11] exceeds the allowed maximum [10].',
    );
  });

  test('a queue says its own words of values', () => {
    expect(() => checkQueueAttributes(toMessageAttributes({ ErrorDetails: '' }))).toThrow(
      "Message (user) attribute 'ErrorDetails' must contain a non-empty value of type 'String'.",
    );
    expect(() => checkQueueAttributes(toMessageAttributes({ a: 'bell \u0007' }))).toThrow(
      /^Invalid characters found/,
    );
  });
});
