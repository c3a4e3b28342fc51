import { BlockList, SocketAddress } from '../cores/net/block-list.ts';
import { readConnectArguments } from '../cores/net/connect-options.ts';
import { isIP, isIPv4, isIPv6 } from '../cores/net/ip.ts';
import { Server } from '../cores/net/server.ts';
import { Socket, askFor, takeHandle } from '../cores/net/socket.ts';
import { validateBoolean, validateInt32 } from './internal/validators.ts';

export { Server, Socket, askFor, takeHandle };

function connect(...args: unknown[]): Socket {
  const { options } = readConnectArguments(args);
  return new Socket(options).connect(...args);
}

let autoSelectFamily = true;
let autoSelectFamilyAttemptTimeout = 250;

export const builtin = {
  BlockList,
  Server,
  Socket,
  SocketAddress,
  Stream: Socket,
  _normalizeArgs: (args: unknown[]) => {
    const { options, done } = readConnectArguments(args);
    return [options, done ?? null];
  },
  connect,
  createConnection: connect,
  createServer: (...args: unknown[]) => new Server(...args),
  getDefaultAutoSelectFamily: () => autoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout: () => autoSelectFamilyAttemptTimeout,
  isIP,
  isIPv4,
  isIPv6,
  setDefaultAutoSelectFamily: (value: unknown) => {
    validateBoolean(value, 'value');
    autoSelectFamily = value;
  },
  setDefaultAutoSelectFamilyAttemptTimeout: (value: unknown) => {
    validateInt32(value, 'value', 1);
    autoSelectFamilyAttemptTimeout = Math.max(value, 10);
  },
};
