/** Says on a terminal what is going on; says nothing where nobody watches. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[2K... ${text}`);
}

/** Clears the line before something is printed. */
export function progressDone(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[2K');
}
