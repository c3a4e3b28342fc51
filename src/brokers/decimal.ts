import { limits } from '../core/limits.ts';
import { BrokerError } from './broker-error.ts';

/**
 * A number as DynamoDB keeps it: decimal, up to 38 digits. It is 0.`digits` times ten to the power of
 * `exponent`; digits begin and end with another one than 0, and are empty for zero.
 */
export interface Decimal {
  readonly isNegative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/;
/** Smallest and largest exponents: 1E-130 and 9.99...E+125. */
const exponents = { min: -129, max: 126 };

/** Undefined when the text is no number. */
export function parseDecimal(text: string): Decimal | undefined {
  const [, sign, whole = '', fraction = '', power = '0'] = pattern.exec(text) ?? [];
  if (sign === undefined || (whole === '' && fraction === '')) return undefined;
  return normal(sign === '-', whole + fraction, whole.length + Number(power));
}

/** @param exponent of the first digit, as in `Decimal` */
function normal(isNegative: boolean, allDigits: string, exponent: number): Decimal {
  const significant = allDigits.replace(/^0+/, '');
  const leading = allDigits.length - significant.length;
  const digits = significant.replace(/0+$/, '');
  if (digits === '') return { isNegative: false, digits, exponent: 0 };
  return { isNegative, digits, exponent: exponent - leading };
}

/** @throws BrokerError `ValidationException` when it is out of DynamoDB's range */
export function checkDecimalRange({ digits, exponent }: Decimal): void {
  if (digits.length > limits.table.numberDigits) {
    throw invalid('Attempting to store more than 38 significant digits in a Number');
  }
  if (digits !== '' && exponent > exponents.max) {
    throw invalid(
      'Number overflow. Attempting to store a number with magnitude larger than supported range',
    );
  }
  if (digits !== '' && exponent < exponents.min) {
    throw invalid(
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    );
  }
}

function invalid(message: string): BrokerError {
  return new BrokerError('ValidationException', message);
}

/** As DynamoDB gives numbers back: without exponent and without needless zeros. */
export function formatDecimal({ isNegative, digits, exponent }: Decimal): string {
  if (digits === '') return '0';
  const sign = isNegative ? '-' : '';
  if (exponent <= 0) return `${sign}0.${'0'.repeat(-exponent)}${digits}`;
  if (exponent >= digits.length) return sign + digits.padEnd(exponent, '0');
  return `${sign}${digits.slice(0, exponent)}.${digits.slice(exponent)}`;
}

/** Exact: 0.1 and 0.2 are 0.3. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const unit = Math.min(a.exponent - a.digits.length, b.exponent - b.digits.length);
  const sum = inUnits(a, unit) + inUnits(b, unit);
  const digits = (sum < 0n ? -sum : sum).toString();
  return normal(sum < 0n, digits, digits.length + unit);
}

function inUnits({ isNegative, digits, exponent }: Decimal, unit: number): bigint {
  const value = BigInt(digits || '0') * 10n ** BigInt(exponent - digits.length - unit);
  return isNegative ? -value : value;
}

/** Text whose order is that of the numbers; equal for equal numbers. */
export function sortableDecimal({ isNegative, digits, exponent }: Decimal): string {
  if (digits === '') return '1';
  const power = exponent + 500;
  if (!isNegative) return `2${String(power).padStart(4, '0')}${digits}`;
  // Of two negative numbers the one with the greater digits comes first, and the longer one.
  const mirrored = digits.replace(/\d/g, (digit) => String(9 - Number(digit)));
  return `0${String(9_999 - power).padStart(4, '0')}${mirrored}:`;
}

/** What it counts in an item: a byte for two digits, and one or two more. */
export function decimalBytes({ isNegative, digits }: Decimal): number {
  return Math.ceil(digits.length / 2) + (isNegative ? 2 : 1);
}
