/** What the process tells the shell. */
export const exitCode = {
  ok: 0,
  /** The function failed, a check of `doctor` failed, or isolambda refused what it was given. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** Ctrl-C, as shells count it: 128 + SIGINT. */
  interrupted: 130,
} as const;

export const exitCodesHelp = `
Exit codes:
  0    all well
  1    the function failed, or what was given was refused
  2    wrong usage: the message names the option and its rule
  130  interrupted with Ctrl-C`;

/** What was given is refused: a file that is not there, an event that is no JSON. Shown without a stack. */
export class RefusedError extends Error {
  override readonly name: string = 'RefusedError';
}

/** The command line is wrong in a way that only shows once it is read as a whole. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}
