import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { RefusedError } from './exit-code.ts';
import type { CliIo } from './io.ts';

/** The event that `--event` names: a file, `-` for stdin, or JSON itself. */
export async function readEvent(event: string, io: CliIo): Promise<unknown> {
  if (event === '-') return parsed(await readAll(io.stdin), 'The event on stdin');
  const path = resolve(io.cwd, event);
  if (existsSync(path)) return parsed(await readText(path, '--event'), `The event in ${event}`);
  try {
    return JSON.parse(event);
  } catch {
    throw new RefusedError(
      `--event: there is no file "${event}", and it is no JSON either. Expected a file, "-" for stdin, or JSON`,
    );
  }
}

/** `--client-context`: JSON, or base64 of it as the AWS CLI wants it. */
export function readClientContext(text: string): unknown {
  for (const candidate of [text, Buffer.from(text, 'base64').toString()]) {
    try {
      return JSON.parse(candidate);
    } catch {
      // The other spelling is tried, then the text is refused.
    }
  }
  throw new RefusedError(`--client-context: expected JSON or base64 of JSON, got "${text}"`);
}

/** A file of JSON that an option names. */
export async function readJson(option: string, file: string, cwd: string): Promise<unknown> {
  return parsed(await readText(resolve(cwd, file), option), `${option}: ${file}`);
}

async function readText(path: string, option: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new RefusedError(`${option}: cannot read ${path} (${(error as Error).message})`);
  }
}

async function readAll(stdin: AsyncIterable<Uint8Array | string>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new RefusedError(`${what} is not JSON: ${(error as Error).message}`);
  }
}
