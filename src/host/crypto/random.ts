import { randomFillSync } from 'node:crypto';
import { ServiceError, type Service } from '../service.ts';

/** Guests fetch blocks and cut them up themselves; larger wishes come in several calls. */
const mostRandomBytes = 1_048_576;

/** `crypto.random <size>` gives so many random bytes. */
export const random: Service = {
  calls: {
    'crypto.random': (text) => {
      const size = Number(text);
      if (!Number.isInteger(size) || size < 1 || size > mostRandomBytes) {
        throw new ServiceError(
          'ERR_OUT_OF_RANGE',
          `Random bytes come from 1 to ${mostRandomBytes} at a time`,
          { name: 'RangeError' },
        );
      }
      return randomFillSync(new Uint8Array(size));
    },
  },
};
