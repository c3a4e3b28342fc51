/** What one look at the machine showed. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do about it; only where something is to be done. */
  readonly advice?: string;
}

export function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail };
}

/** Something is missing that not everybody needs. */
export function warn(name: string, detail: string, advice: string): Check {
  return { name, status: 'warn', detail, advice };
}

/** Functions cannot run, or not safely. */
export function fail(name: string, detail: string, advice: string): Check {
  return { name, status: 'fail', detail, advice };
}
