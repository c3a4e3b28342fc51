/** Statements about the run; each either holds or is listed at the end. */
export class Checks {
  readonly failed: string[] = [];
  #count = 0;

  that(statement: string, holds: boolean): void {
    this.#count += 1;
    if (!holds) this.failed.push(statement);
  }

  /** As `that`, for two values that must have the same JSON. */
  same(statement: string, found: unknown, expected: unknown): void {
    const [left, right] = [JSON.stringify(found), JSON.stringify(expected)];
    this.that(
      left === right ? statement : `${statement}: expected ${right}, got ${left}`,
      left === right,
    );
  }

  summary(): string {
    const held = this.#count - this.failed.length;
    const lines = this.failed.map((statement) => `FAILED  ${statement}`);
    return [...lines, `${held} of ${this.#count} checks hold`].join('\n');
  }
}
