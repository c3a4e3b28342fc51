import { limits } from '../core/limits.ts';
import { AwsRuleError } from '../functions/aws-rule-error.ts';

/** A change that is on its way: what it asks for is promised to nobody else meanwhile. */
interface Claim {
  readonly functionName: string;
  /** Set by a change of the reserve; `null` takes it away. */
  readonly reserved?: number | null;
  /** Set by a change of what a version or alias has. */
  readonly provisioned?: { readonly qualifier: string; readonly count: number };
}

/** What one function has of the account's concurrency. */
interface Share {
  reserved: number | null;
  /** By version or alias. */
  readonly provisioned: Map<string, number>;
}

/**
 * Who was promised how much of the account's concurrency: the reserves of functions, and what versions and aliases
 * have provisioned. What is provisioned lies within the reserve of its function, where there is one.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
export class ConcurrencyBook {
  /** Of the account. */
  readonly limit: number;
  readonly #shares = new Map<string, Share>();
  readonly #claims = new Set<Claim>();

  constructor(limit: number) {
    this.limit = limit;
  }

  /** What functions without a reserve share; never less than 0. */
  get unreserved(): number {
    let left = this.limit;
    for (const { reserved, provisioned } of this.#shares.values()) {
      left -= reserved ?? sum(provisioned.values());
    }
    return Math.max(left, 0);
  }

  reservedOf(functionName: string): number | null {
    return this.#shares.get(functionName)?.reserved ?? null;
  }

  setReserved(functionName: string, reserved: number | null): void {
    this.#shareOf(functionName).reserved = reserved;
    this.#tidy(functionName);
  }

  /** 0 takes it away. */
  setProvisioned(functionName: string, qualifier: string, count: number): void {
    const { provisioned } = this.#shareOf(functionName);
    if (count === 0) provisioned.delete(qualifier);
    else provisioned.set(qualifier, count);
    this.#tidy(functionName);
  }

  /**
   * Throws what AWS says to a reserve that leaves too little for the others, or for what the function has
   * provisioned. Until the returned function is called, nobody else is promised what this one asked for.
   */
  claimReserved(functionName: string, reserved: number | null): () => void {
    if (reserved !== null) {
      const provisioned = sum(this.#mostProvisioned(functionName).values());
      if (reserved < provisioned) throw belowProvisioned(reserved, provisioned);
      const left = this.#leftBy(functionName) - reserved;
      if (reserved > 0 && left < limits.unreservedConcurrency) {
        throw this.#tooLittleLeft('reservedConcurrency', reserved, 'ReservedConcurrentExecutions');
      }
    }
    return this.#claim({ functionName, reserved });
  }

  /** As `claimReserved`, for what a version or an alias is to have provisioned; replaces what it has. */
  claimProvisioned(functionName: string, qualifier: string, count: number): () => void {
    const provisioned = this.#mostProvisioned(functionName);
    provisioned.delete(qualifier);
    const others = sum(provisioned.values());
    for (const reserved of this.#reservesOf(functionName)) {
      if (reserved !== null) {
        if (others + count > reserved) throw aboveReserved(count, others, reserved);
        continue;
      }
      const unreserved = this.#leftBy(functionName) - others;
      if (count > unreserved) throw aboveUnreserved(count, unreserved);
      if (unreserved - count < limits.unreservedConcurrency) {
        throw this.#tooLittleLeft('provisionedConcurrency', count, 'ConcurrentExecutions');
      }
    }
    return this.#claim({ functionName, provisioned: { qualifier, count } });
  }

  #claim(claim: Claim): () => void {
    this.#claims.add(claim);
    return () => void this.#claims.delete(claim);
  }

  /** What the account has when every function but this one gets all that it has or asks for. */
  #leftBy(functionName: string): number {
    const names = new Set(this.#shares.keys());
    for (const claim of this.#claims) names.add(claim.functionName);
    names.delete(functionName);
    let left = this.limit;
    for (const name of names) {
      const provisioned = sum(this.#mostProvisioned(name).values());
      left -= Math.max(...this.#reservesOf(name).map((reserved) => reserved ?? provisioned));
    }
    return left;
  }

  /** The reserve as it is and as it may become. */
  #reservesOf(functionName: string): (number | null)[] {
    const reserves = [this.reservedOf(functionName)];
    for (const claim of this.#claims) {
      if (claim.functionName !== functionName || claim.reserved === undefined) continue;
      reserves.push(claim.reserved);
    }
    return reserves;
  }

  /** By qualifier, the larger one of what it has and what it asks for. */
  #mostProvisioned(functionName: string): Map<string, number> {
    const most = new Map(this.#shares.get(functionName)?.provisioned);
    for (const claim of this.#claims) {
      if (claim.functionName !== functionName || claim.provisioned === undefined) continue;
      const { qualifier, count } = claim.provisioned;
      most.set(qualifier, Math.max(most.get(qualifier) ?? 0, count));
    }
    return most;
  }

  #shareOf(functionName: string): Share {
    let share = this.#shares.get(functionName);
    if (share === undefined) {
      share = { reserved: null, provisioned: new Map() };
      this.#shares.set(functionName, share);
    }
    return share;
  }

  /** Only functions that have something are looked at. */
  #tidy(functionName: string): void {
    const share = this.#shares.get(functionName);
    if (share?.reserved === null && share.provisioned.size === 0) this.#shares.delete(functionName);
  }

  #tooLittleLeft(option: string, value: number, awsName: string): AwsRuleError {
    const least = limits.unreservedConcurrency;
    return new AwsRuleError(
      option,
      `a number that leaves ${least} of the account's ${this.limit} to the others`,
      value,
      `Specified ${awsName} for function decreases account's UnreservedConcurrentExecution below its minimum ` +
        `value of [${least}].`,
    );
  }
}

function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}

function belowProvisioned(reserved: number, provisioned: number): AwsRuleError {
  return new AwsRuleError(
    'reservedConcurrency',
    `at least the ${provisioned} that the function has provisioned`,
    reserved,
    // The spaces are AWS's.
    ` ReservedConcurrentExecutions  ${reserved} should not be lower than function's total provisioned concurrency [${provisioned}].`,
  );
}

function aboveReserved(count: number, others: number, reserved: number): AwsRuleError {
  return new AwsRuleError(
    'provisionedConcurrency',
    `at most ${Math.max(reserved - others, 0)}, what is left of the function's reserve of ${reserved}`,
    count,
    'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
  );
}

function aboveUnreserved(count: number, unreserved: number): AwsRuleError {
  return new AwsRuleError(
    'provisionedConcurrency',
    `at most ${unreserved - limits.unreservedConcurrency}`,
    count,
    `Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [${unreserved}].`,
  );
}
