import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a child process said, and all it printed. */
export interface ChildAnswer<Message> {
  readonly messages: readonly Message[];
  readonly output: string;
  /** Exit code or signal. */
  readonly end: string;
}

/** Longer than the budget of a function, so that a child's own report comes first. */
const patienceMs = 60_000;

/** Runs a module next to this file in a process of its own until it ends. */
export function runChild<Message>(
  module: string,
  argument: string,
  environment: Readonly<Record<string, string>>,
): Promise<ChildAnswer<Message>> {
  const child = fork(fileURLToPath(new URL(module, import.meta.url)), [argument], {
    silent: true,
    env: { ...process.env, ...environment },
  });
  const messages: Message[] = [];
  let output = '';
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  child.on('message', (value) => messages.push(value as Message));
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ messages, output, end: signal ?? `exit code ${code}` });
    });
  });
}
