import type { Program, Resolution } from '../core/program.ts';
import { callKind } from '../wire/messages.ts';
import { exactBuffer, readBytes, readEmit, type GuestMessage } from './guest-messages.ts';
import { rememberPart } from './foreseen-parts.ts';
import { partSource } from './guest-bundle.ts';

/** What a blocking question of the guest may do besides being answered. */
export interface CallEffects {
  emit(message: GuestMessage | undefined): void;
  exit(status: number): void;
  /** Epoch milliseconds on the clock that the guest goes by. */
  now(): number;
  service(
    name: string,
    text: string,
    bytes: Uint8Array | undefined,
  ): string | Uint8Array | undefined;
}

/** Longest text that the guest may pass as a specifier or a path. */
const longestName = 4_096;

/** Answers a blocking question of the guest. Never throws: an error would cross as a host object. */
export function answerCall(
  kind: unknown,
  text: unknown,
  bytes: unknown,
  program: Program,
  effects: CallEffects,
): string | ArrayBuffer | undefined {
  if (typeof text !== 'string') return undefined;
  switch (kind) {
    case callKind.emit: {
      const space = text.indexOf(' ');
      effects.emit(readEmit(Number(text.slice(0, space)), text.slice(space + 1), bytes));
      return undefined;
    }
    case callKind.service: {
      const space = text.indexOf(' ');
      const answer = effects.service(text.slice(0, space), text.slice(space + 1), readBytes(bytes));
      return typeof answer === 'object' ? exactBuffer(answer) : answer;
    }
    case callKind.resolveModule:
      return answerResolve(text, program);
    case callKind.loadModule:
      return text.length > longestName ? undefined : answerLoad(text, program);
    case callKind.loadPart:
      return answerPart(text, program);
    case callKind.exit: {
      const status = Number(text);
      effects.exit(Number.isFinite(status) ? status & 0xff : 0);
      return undefined;
    }
    case callKind.now:
      return `${Math.floor(effects.now())}`;
    default:
      return undefined;
  }
}

function answerPart(name: string, program: Program): string | undefined {
  const source = partSource(name);
  if (source !== undefined) rememberPart(program, name);
  return source;
}

function answerResolve(text: string, program: Program): string | undefined {
  const question = parseQuestion(text);
  if (question === undefined) return undefined;
  const { specifier, from, kind } = question;
  const resolution: Resolution = program.resolve(specifier, from, kind);
  return JSON.stringify(resolution);
}

function parseQuestion(
  text: string,
): { specifier: string; from: string; kind: 'require' | 'import' } | undefined {
  try {
    const { specifier, from, kind } = JSON.parse(text) as Record<string, unknown>;
    if (typeof specifier !== 'string' || typeof from !== 'string') return undefined;
    if (specifier.length > longestName || from.length > longestName) return undefined;
    return { specifier, from, kind: kind === 'import' ? 'import' : 'require' };
  } catch {
    return undefined;
  }
}

/** One letter says what follows: a CommonJS body, JSON, or the syntax error of a body. */
function answerLoad(path: string, program: Program): string | undefined {
  const module = program.load(path);
  if (module === undefined || module.format === 'module') return undefined;
  if (module.format === 'json') return `j${module.source}`;
  if (module.syntaxError !== undefined) return `e${JSON.stringify(module.syntaxError)}`;
  return `c${module.source}`;
}
