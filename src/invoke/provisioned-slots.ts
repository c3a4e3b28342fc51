import type { Environment } from './environment.ts';
import type { RateWindow } from './invocation-rates.ts';

/** The environments of one version that were initialised ahead of invocations. */
export interface ProvisionedSlots {
  readonly kind: 'provisioned';
  readonly functionName: string;
  /** Those that wait for an invocation; the warmest is last. */
  readonly idle: Environment[];
  /** Alive, busy ones included. */
  alive: number;
  /** Invocations in them. */
  running: number;
  /** Set where rates are limited. */
  readonly window: RateWindow | undefined;
}
