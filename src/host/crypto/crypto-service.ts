import { Gate } from '../gate.ts';
import type { Service } from '../service.ts';
import { agreements } from './agreement.ts';
import { certificates } from './certificates.ts';
import { ciphers } from './ciphers.ts';
import { derivations } from './derivation.ts';
import { hashes } from './hashes.ts';
import { keyPairs } from './key-pairs.ts';
import { keyReading } from './key-service.ts';
import { ParsedKeys } from './keys.ts';
import { primes } from './primes.ts';
import { random } from './random.ts';
import { signatures } from './signatures.ts';
import { subtle } from './subtle.ts';

/** Dear operations that one environment runs at a time; libuv's pool has four threads by default. */
const dearOperations = 2;

/** The others: one may still take a tenth of a second, and thousands of them would keep everybody waiting. */
const usualOperations = 4;

/** All of `crypto` for one environment. */
export function cryptoService(memoryBytes: number): Service {
  const gate = new Gate(dearOperations);
  const usual = new Gate(usualOperations);
  const keys = new ParsedKeys();
  return merged([
    random,
    hashes(),
    ciphers(keys),
    keyReading(keys),
    keyPairs(gate),
    signatures(usual, keys),
    agreements(keys),
    derivations(gate, keys, memoryBytes),
    primes(gate),
    certificates(keys),
    subtle(gate, usual),
  ]);
}

/** Several services as one, so that a call is found at once. */
function merged(services: readonly Service[]): Service {
  return {
    calls: Object.assign({}, ...services.map(({ calls }) => calls)) as NonNullable<
      Service['calls']
    >,
    operations: Object.assign({}, ...services.map(({ operations }) => operations)) as NonNullable<
      Service['operations']
    >,
    close: () => {
      for (const service of services) service.close?.();
    },
  };
}
