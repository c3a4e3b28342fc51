import type { Terminal } from './terminal.ts';

const platformLine = /^(?:INIT_START|INIT_REPORT|START|END|REPORT) /;
const levelOfLine = /^\S+Z\t\S+\t(?<level>[A-Z]+)\t/;

/** A log line as it is, in colours that tell the platform's lines and trouble from the rest. */
export function colouredLine(line: string, terminal: Terminal): string {
  if (platformLine.test(line)) {
    return terminal.style(/\tStatus: (?:timeout|error)/.test(line) ? 'red' : 'dim', line);
  }
  const level = levelOfLine.exec(line)?.groups?.['level'];
  if (level === 'ERROR' || level === 'FATAL') return terminal.style('red', line);
  return level === 'WARN' ? terminal.style('yellow', line) : line;
}
