import { nodeError, type NodeErrorClass } from './node-error.ts';

const plain = (code: string, text: string, Base: ErrorConstructor = Error): NodeErrorClass<[]> =>
  nodeError(code, Base, text);

/** Node's errors of datagram sockets. */
export const DatagramErrors: Readonly<
  Record<
    'AlreadyBound' | 'BadType' | 'IsConnected' | 'NotConnected' | 'NotRunning',
    NodeErrorClass<[]>
  >
> = {
  AlreadyBound: plain('ERR_SOCKET_ALREADY_BOUND', 'Socket is already bound'),
  BadType: plain(
    'ERR_SOCKET_BAD_TYPE',
    'Bad socket type specified. Valid types are: udp4, udp6',
    TypeError,
  ),
  IsConnected: plain('ERR_SOCKET_DGRAM_IS_CONNECTED', 'Already connected'),
  NotConnected: plain('ERR_SOCKET_DGRAM_NOT_CONNECTED', 'Not connected'),
  NotRunning: plain('ERR_SOCKET_DGRAM_NOT_RUNNING', 'Not running'),
};
