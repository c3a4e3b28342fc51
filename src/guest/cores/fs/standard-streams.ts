import { bufferOf, type Bytes } from './arguments.ts';

interface Output {
  write?: (text: string) => unknown;
}

/**
 * What descriptors 1 and 2 write to, kept as it is before user code runs through here: loggers replace
 * `process.stdout.write` by something that writes to the descriptor.
 */
const outputs = ['stdout', 'stderr'].map((name) => {
  const { process } = globalThis as unknown as { process: Record<string, Output | undefined> };
  const output = process[name];
  const write = output?.write;
  return (text: string): void => {
    if (write !== undefined) Reflect.apply(write, output, [text]);
  };
});

/** Whether the descriptor was one of those. */
export function writeToStandardStream(descriptor: number, bytes: Bytes): boolean {
  const output = outputs[descriptor - 1];
  if (output === undefined) return false;
  output(bufferOf(bytes).toString());
  return true;
}
