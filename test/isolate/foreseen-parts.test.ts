import { describe, expect, test } from 'vitest';
import type { Program } from '../../src/core/program.ts';
import { foreseenParts, rememberPart } from '../../src/isolate/foreseen-parts.ts';
import { needsOfPart } from '../../src/isolate/guest-bundle.ts';
import { Lambda } from '../../src/index.ts';

function programWith(builtins: readonly string[]): Program {
  return {
    key: 'some program',
    entry: { kind: 'failed', errorType: 'None', errorMessage: 'never run' },
    modules: [],
    builtins,
    requiredEsModules: [],
    resolve: () => ({ kind: 'error', code: 'MODULE_NOT_FOUND', message: 'none' }),
    load: () => undefined,
    sourceMap: () => undefined,
  } as unknown as Program;
}

describe('the parts that an environment gets from the code cache', () => {
  test('are none for a program that names no builtin', () => {
    expect([...foreseenParts(programWith([]))]).toEqual([]);
  });

  test('are the builtins that it names, with all that those require', () => {
    const parts = foreseenParts(programWith(['stream']));
    expect(parts).toContain('node/stream');
    for (const part of parts) {
      for (const needed of needsOfPart(part) ?? []) {
        if (needsOfPart(needed) !== undefined) expect(parts).toContain(needed);
      }
    }
  });

  test('leave out builtins that do not exist', () => {
    expect([...foreseenParts(programWith(['nothing', '__proto__', 'constructor']))]).toEqual([]);
  });

  test('grow with what an environment of the same program asked for', () => {
    const program = programWith([]);
    foreseenParts(program);
    rememberPart(program, 'node/buffer');
    expect(foreseenParts(program)).toContain('node/buffer');
    expect(foreseenParts(programWith([]))).not.toContain('node/buffer');
  });
});

test('a part that the first environment had to ask for works the same in the next one', async () => {
  await using lambda = new Lambda();
  const fn = await lambda.createFunction({
    name: 'late',
    code: {
      source:
        "exports.handler = async () => new Function(\"return Buffer.from('abc').toString('base64')\")();",
    },
  });
  expect(await fn.call({}, { cold: true })).toBe('YWJj');
  expect(await fn.call({}, { cold: true })).toBe('YWJj');
});
