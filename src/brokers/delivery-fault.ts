import {
  ClosedError,
  FunctionNotFoundError,
  InvalidOptionError,
  PayloadTooLargeError,
  ThrottledError,
} from '../core/errors.ts';
import { BrokerError } from './broker-error.ts';

/**
 * A delivery that would fail again however often it is tried. The codes are those of EventBridge's dead
 * letters. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export class DeliveryFault extends Error {
  override readonly name: string = 'DeliveryFault';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The target's policy does not name the service. */
export function notPermitted(service: string, from: string, to: string): DeliveryFault {
  return new DeliveryFault(
    'NO_PERMISSIONS',
    `${service} is not authorized to perform: lambda:InvokeFunction on resource: ${to} for ${from}`,
  );
}

/** Why a delivery failed, as dead letters say it. */
export interface DeliveryFailure {
  readonly code: string;
  readonly message: string;
  /** Whether another attempt may do better. */
  readonly isRetriable: boolean;
}

export function failureOf(error: unknown): DeliveryFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof DeliveryFault) return { code: error.code, message, isRetriable: false };
  if (isGone(error)) return { code: 'NO_RESOURCE', message, isRetriable: false };
  if (isRefusal(error)) return { code: 'INVALID_PARAMETER', message, isRetriable: false };
  const code = error instanceof ThrottledError ? 'THROTTLING' : 'ERROR_FROM_TARGET';
  return { code, message, isRetriable: true };
}

function isGone(error: unknown): boolean {
  if (error instanceof FunctionNotFoundError || error instanceof ClosedError) return true;
  return error instanceof BrokerError && /NonExistent|NotFound|NoSuch/.test(error.awsCode);
}

function isRefusal(error: unknown): boolean {
  if (error instanceof InvalidOptionError || error instanceof PayloadTooLargeError) return true;
  return error instanceof BrokerError && /Invalid|^(?:Missing|Validation)/.test(error.awsCode);
}
