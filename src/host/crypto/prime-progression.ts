/**
 * OpenSSL looks for a prime `p` with `p % add === rem` until it has found one: where there is none, for ever,
 * and nothing can stop it. So the host asks first.
 */

/** Below this many bits the numbers are looked through one by one. */
const fewBits = 16;
/** So many candidates for each bit of the size (for each squared, of safe primes) always have some primes. */
const candidatesPerBit = 64n;

/** Whether a search for a prime of `size` bits in the progression ends. */
export function hasPrimes(
  size: number,
  isSafe: boolean,
  addBytes: Uint8Array,
  remBytes: Uint8Array | undefined,
): boolean {
  const add = numberOf(addBytes);
  // As OpenSSL has it without a remainder.
  const rem = remBytes === undefined ? (isSafe ? 3n : 1n) : numberOf(remBytes);
  // Node refuses these itself.
  if (add === 0n || rem >= add) return true;
  if (size < fewBits) return findsAny(size, isSafe, Number(add), Number(rem));
  if (!isOpen(add, rem, isSafe)) return false;
  const bits = BigInt(size);
  const wanted = candidatesPerBit * (isSafe ? bits * bits : bits);
  return 2n ** (bits - 1n) / add >= wanted;
}

/** By Dirichlet: no factor of `add` divides all candidates, nor half of what is below a safe prime. */
function isOpen(add: bigint, rem: bigint, isSafe: boolean): boolean {
  if (commonFactor(add, rem) !== 1n) return false;
  if (!isSafe) return true;
  if (add % 4n === 0n && rem % 4n !== 3n) return false;
  let odd = add;
  while (odd % 2n === 0n) odd /= 2n;
  // Whatever divides both divides each candidate less one, and so its half.
  return commonFactor(odd, rem - 1n + odd) === 1n;
}

function findsAny(size: number, isSafe: boolean, add: number, rem: number): boolean {
  for (let number = 2 ** (size - 1); number < 2 ** size; number += 1) {
    if (number % add !== rem || !isPrime(number)) continue;
    if (!isSafe || isPrime((number - 1) / 2)) return true;
  }
  return false;
}

function isPrime(number: number): boolean {
  if (number < 2) return false;
  for (let divisor = 2; divisor * divisor <= number; divisor += 1) {
    if (number % divisor === 0) return false;
  }
  return true;
}

function commonFactor(first: bigint, second: bigint): bigint {
  let [larger, smaller] = [first, second];
  while (smaller !== 0n) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
}
