import { describe, expect, test } from 'vitest';
import { Lambda, type FunctionOptions, type Isolation } from '../../src/index.ts';

const tiers: readonly Isolation[] = ['inline', 'thread'];

/** Evaluates an expression in a fresh guest. */
async function evaluate(
  isolation: Isolation,
  expression: string,
  options: Partial<FunctionOptions> = {},
): Promise<unknown> {
  await using lambda = new Lambda({ blanks: 0 });
  const probe = await lambda.createFunction({
    name: 'probe',
    code: { source: `exports.handler = async () => (${expression});` },
    isolation,
    ...options,
  });
  return await probe.call();
}

describe.each(tiers)('in the tier %s', (tier) => {
  test.each([
    ['WebAssembly, whose memory no limit counts', 'typeof WebAssembly', 'undefined'],
    ['SharedArrayBuffer', 'typeof SharedArrayBuffer', 'undefined'],
    ['Atomics.wait', 'typeof Atomics.wait', 'undefined'],
    ['Atomics.waitAsync', 'typeof Atomics.waitAsync', 'undefined'],
    ['the way to SharedArrayBuffer over WebAssembly', '"WebAssembly" in globalThis', false],
  ])('there is no %s', async (_name, expression, value) => {
    expect(await evaluate(tier, expression)).toBe(value);
  });

  test('the rest of Atomics is there, because packages read it at load', async () => {
    expect(await evaluate(tier, 'Atomics.add(new Int32Array(1), 0, 5)')).toBe(0);
  });

  test('WebAssembly is there for who asks for it', async () => {
    const options = { allowWebAssembly: true };
    const bytes = 'new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])';
    expect(await evaluate(tier, `WebAssembly.validate(${bytes})`, options)).toBe(true);
  });

  test.each([
    ['the constructor', 'new ArrayBuffer(8, { maxByteLength: 1e9 })'],
    [
      'a subclass',
      'new (class extends ArrayBuffer { constructor() { super(8, { maxByteLength: 1e9 }); } })()',
    ],
    ['Reflect.construct', 'Reflect.construct(ArrayBuffer, [8, { maxByteLength: 1e9 }])'],
    [
      'the constructor of a typed array’s buffer',
      'new (new Uint8Array(1).buffer.constructor)(8, { maxByteLength: 1e9 })',
    ],
    [
      'the prototype of the constructor’s prototype',
      'new ArrayBuffer.prototype.constructor(8, { maxByteLength: 1e9 })',
    ],
    [
      'Reflect.construct with another target',
      'Reflect.construct(ArrayBuffer, [8, { maxByteLength: 1e9 }], Object)',
    ],
    [
      'a getter for the option',
      'new ArrayBuffer(8, { get maxByteLength() { throw new Error("read"); } })',
    ],
    ['structuredClone', 'structuredClone(new ArrayBuffer(8, { maxByteLength: 1e9 }))'],
  ])('a resizable buffer cannot be made by %s', async (_name, expression) => {
    const read = `Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'resizable').get.call(${expression})`;
    expect(await evaluate(tier, read)).toBe(false);
  });

  test('no species hands the native ArrayBuffer constructor out', async () => {
    const expression = `(() => {
      class Spy extends ArrayBuffer { static get [Symbol.species]() { return ArrayBuffer; } }
      const made = new Spy(8).slice(0, 4);
      return [made.constructor === ArrayBuffer, made.resizable, ArrayBuffer[Symbol.species] === ArrayBuffer,
        new Uint8Array(4).buffer.constructor === ArrayBuffer];
    })()`;
    expect(await evaluate(tier, expression)).toEqual([true, false, true, true]);
  });

  test('ArrayBuffer behaves as one otherwise', async () => {
    const expression = `(() => {
      const buffer = new ArrayBuffer(8);
      return [buffer instanceof ArrayBuffer, buffer.byteLength, ArrayBuffer.isView(new Uint8Array(1)),
        ArrayBuffer.name, ArrayBuffer.length, Object.prototype.toString.call(buffer), buffer.slice(0, 2).byteLength];
    })()`;
    expect(await evaluate(tier, expression)).toEqual([
      true,
      8,
      true,
      'ArrayBuffer',
      1,
      '[object ArrayBuffer]',
      2,
    ]);
  });

  test('FinalizationRegistry can be made and never calls back', async () => {
    const expression = `(async () => {
      let called = 0;
      const registry = new FinalizationRegistry(() => { called += 1; for (;;); });
      for (let i = 0; i < 1e5; i += 1) registry.register({ i }, i);
      for (let i = 0; i < 200; i += 1) new Array(1e4).fill(i);
      await new Promise((r) => setTimeout(r, 20));
      return [called, registry.unregister({}), String(registry), FinalizationRegistry.name];
    })()`;
    expect(await evaluate(tier, expression)).toEqual([
      0,
      false,
      '[object FinalizationRegistry]',
      'FinalizationRegistry',
    ]);
  });

  test('FinalizationRegistry wants a function, as the native one does', async () => {
    const expression =
      '(() => { try { new FinalizationRegistry(1); return 0; } catch (error) { return error.name; } })()';
    expect(await evaluate(tier, expression)).toBe('TypeError');
  });

  test('enumerable on the global object is what Node and AWS show there', async () => {
    const shown = (await evaluate(tier, 'Object.keys(globalThis)')) as string[];
    const known = new Set([...Object.keys(globalThis), 'awslambda']);
    expect(shown.filter((name) => !known.has(name))).toEqual([]);
  });
});
