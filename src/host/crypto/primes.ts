import { checkPrime, checkPrimeSync, generatePrime, generatePrimeSync } from 'node:crypto';
import type { Gate } from '../gate.ts';
import { tooDear, withNode, withNodeLater } from '../node-error.ts';
import { Arguments } from '../packed.ts';
import { ServiceError, type Service } from '../service.ts';
import { hasPrimes } from './prime-progression.ts';

/** Bits while the guest waits, and on the pool. */
const blockingBits = { random: 768, safe: 192, tested: 1_024 };
const poolBits = { random: 4_096, safe: 2_048, tested: 8_192 };
const mostChecks = 128;

interface PrimeOptions {
  readonly safe: boolean;
  readonly add?: Buffer;
  readonly rem?: Buffer;
}

/** Prime numbers: `[bits, { safe, add, rem }]` finds one, `[candidate, checks]` tests one. */
export function primes(gate: Gate): Service {
  return {
    calls: {
      'crypto.generatePrime': (text, bytes) => {
        const { size, options } = wanted(new Arguments(text, bytes));
        if (size > (options.safe ? blockingBits.safe : blockingBits.random)) {
          throw tooDear('Searching for a prime of this size', 'crypto.generatePrime()');
        }
        return new Uint8Array(withNode(() => generatePrimeSync(size, options)));
      },
      'crypto.checkPrime': (text, bytes) => {
        const { candidate, options } = tested(new Arguments(text, bytes));
        if (candidate.byteLength * 8 > blockingBits.tested) {
          throw tooDear('Testing a number of this size', 'crypto.checkPrime()');
        }
        return withNode(() => checkPrimeSync(candidate, options)) ? '1' : '0';
      },
    },
    operations: {
      'crypto.generatePrime': async (text, bytes, signal) => {
        const { size, options } = wanted(new Arguments(text, bytes));
        const prime = await gate.run(signal, () =>
          withNodeLater<ArrayBuffer>((done) => generatePrime(size, options, done)),
        );
        return new Uint8Array(prime);
      },
      'crypto.checkPrime': async (text, bytes, signal) => {
        const { candidate, options } = tested(new Arguments(text, bytes));
        const isPrime = await gate.run(signal, () =>
          withNodeLater<boolean>((done) => checkPrime(candidate, options, done)),
        );
        return isPrime ? '1' : '0';
      },
    },
  };
}

function wanted(args: Arguments): { size: number; options: PrimeOptions } {
  const size = args.integer(0, 1, 2 ** 31 - 1);
  const { safe, add, rem } = args.record(1);
  const options = {
    safe: safe === true,
    ...(add instanceof Uint8Array && { add: Buffer.from(add) }),
    ...(rem instanceof Uint8Array && { rem: Buffer.from(rem) }),
  };
  const most = options.safe ? poolBits.safe : poolBits.random;
  if (size > most) throw outOfRange('size', most);
  if (options.add !== undefined && !hasPrimes(size, options.safe, options.add, options.rem)) {
    throw new ServiceError(
      'ERR_OUT_OF_RANGE',
      'There are too few primes of this size that leave "options.rem" when divided by "options.add"',
      { name: 'RangeError' },
    );
  }
  return { size, options };
}

function tested(args: Arguments): { candidate: Buffer; options: { checks: number } } {
  const candidate = Buffer.from(args.bytes(0));
  if (candidate.byteLength * 8 > poolBits.tested) throw outOfRange('candidate', poolBits.tested);
  return { candidate, options: { checks: args.integer(1, 0, mostChecks) } };
}

function outOfRange(name: string, most: number): ServiceError {
  return new ServiceError(
    'ERR_OUT_OF_RANGE',
    `The value of "${name}" is out of range. It must have at most ${most} bits`,
    { name: 'RangeError' },
  );
}
