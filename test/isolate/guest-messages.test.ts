import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerCall } from '../../src/isolate/host-answers.ts';
import { readEmit } from '../../src/isolate/guest-messages.ts';
import type { Program } from '../../src/core/program.ts';
import { callKind, emitKind } from '../../src/wire/messages.ts';

describe('a message of the guest', () => {
  test.each([
    [emitKind.result, '{"a":1}', { kind: emitKind.result, text: '{"a":1}' }],
    [
      emitKind.log,
      '21700000000000 two words',
      { kind: emitKind.log, level: 'INFO', atMs: 1_700_000_000_000, body: 'two words' },
    ],
    [emitKind.log, '45 ', { kind: emitKind.log, level: 'ERROR', atMs: 5, body: '' }],
    [
      emitKind.startOperation,
      '7 timer 250 1',
      {
        kind: emitKind.startOperation,
        id: 7,
        operation: { name: 'timer', delayMs: 250, repeats: true },
      },
    ],
    [
      emitKind.startOperation,
      '8 import /var/task/a file.mjs',
      {
        kind: emitKind.startOperation,
        id: 8,
        operation: { name: 'import', path: '/var/task/a file.mjs' },
      },
    ],
    [emitKind.cancelOperation, '7', { kind: emitKind.cancelOperation, id: 7 }],
    [emitKind.refOperation, '7 0', { kind: emitKind.refOperation, id: 7, isRef: false }],
  ])('of kind %i is read: %s', (kind, text, message) => {
    expect(readEmit(kind, text)).toEqual(message);
  });

  test.each([
    ['an unknown kind', 99, ''],
    ['a kind that is no number', '0', ''],
    ['a text that is no string', emitKind.result, 5],
    ['no text', emitKind.result, undefined],
    ['a level that does not exist', emitKind.log, '91700000000000 x'],
    ['a time that is no number', emitKind.log, '2never x'],
    ['a log line without a space', emitKind.log, '21700000000000'],
    ['an operation without an id', emitKind.startOperation, 'x timer 1 0'],
    ['an unknown operation', emitKind.startOperation, '1 launch 1'],
    ['a delay of 0', emitKind.startOperation, '1 timer 0 0'],
    ['a delay that is no number', emitKind.startOperation, '1 timer soon 0'],
    ['a delay that is endless', emitKind.startOperation, '1 timer Infinity 0'],
    ['a delay longer than timers can be', emitKind.startOperation, '1 timer 2147483648 0'],
    ['an id that is not whole', emitKind.cancelOperation, '1.5'],
    ['an id that is not safe', emitKind.cancelOperation, '9007199254740993'],
    ['a ref of nothing', emitKind.refOperation, 'x 1'],
  ])('with %s is dropped', (_name, kind, text) => {
    expect(readEmit(kind, text)).toBeUndefined();
  });

  test('of any kind with any text is read or dropped, never thrown', () => {
    const kinds = fc.oneof(fc.integer({ min: -1, max: 20 }), fc.anything());
    const texts = fc.oneof(
      fc.string(),
      fc.stringMatching(/^\d{0,3} ?(timer|immediate|import|) ?[\d.e+-]{0,6} ?\d?$/),
      fc.anything(),
    );
    fc.assert(
      fc.property(kinds, texts, (kind, text) => {
        const message = readEmit(kind, text);
        if (message === undefined || !('id' in message)) return;
        expect(Number.isSafeInteger(message.id)).toBe(true);
        if (message.kind !== emitKind.startOperation || message.operation.name !== 'timer') return;
        expect(message.operation.delayMs).toBeGreaterThanOrEqual(1);
        expect(message.operation.delayMs).toBeLessThan(2 ** 31);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a question of the guest', () => {
  const emptyProgram: Program = {
    key: 'empty',
    entry: { kind: 'failed', errorType: 'None', errorMessage: 'never run' },
    modules: [],
    builtins: [],
    requiredEsModules: [],
    resolve: () => ({ kind: 'error', code: 'MODULE_NOT_FOUND', message: 'none' }),
    load: () => undefined,
    sourceMap: () => undefined,
    files: { files: new Map(), links: new Map() },
    hostPath: () => undefined,
  };
  const ask = (kind: unknown, text: unknown) => {
    const exits: number[] = [];
    const answer = answerCall(kind, text, undefined, emptyProgram, {
      emit: () => {},
      exit: (status) => exits.push(status),
      now: () => 12.7,
      service: () => undefined,
    });
    return { answer, exits };
  };

  test.each([
    ['0', 0],
    ['3', 3],
    ['259', 3],
    ['-1', 255],
    ['NaN', 0],
    ['Infinity', 0],
    ['', 0],
  ])('to exit with %s ends with status %i', (text, status) => {
    expect(ask(callKind.exit, text).exits).toEqual([status]);
  });

  test('for the present is answered in whole milliseconds', () => {
    expect(ask(callKind.now, '').answer).toBe('12');
  });

  test.each([
    ['no JSON', '{'],
    ['no object', 'null'],
    ['no strings', '{"specifier":1,"from":2}'],
    ['a specifier of any length', JSON.stringify({ specifier: 'x'.repeat(5_000), from: '/' })],
  ])('for a module with %s has no answer', (_name, text) => {
    expect(ask(callKind.resolveModule, text).answer).toBeUndefined();
  });

  test.each(['../main', 'inspect/../main', '/etc/passwd', '', 'Inspect', 'x'.repeat(10_000), '..'])(
    'for a part of the prelude named %s has no answer',
    (name) => {
      expect(ask(callKind.loadPart, name).answer).toBeUndefined();
    },
  );

  test('of any kind with any text is answered or not, never thrown', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: -1, max: 8 }), fc.anything()),
        fc.oneof(fc.string(), fc.json(), fc.anything()),
        (kind, text) => {
          const { answer } = ask(kind, text);
          expect(['string', 'undefined']).toContain(typeof answer);
        },
      ),
    );
  });
});
