import { Agent } from '../cores/http/agent.ts';
import { ClientRequest } from '../cores/http/client-request.ts';
import { IncomingMessage } from '../cores/http/incoming.ts';
import { OutgoingMessage } from '../cores/http/outgoing.ts';
import { readRequestArguments } from '../cores/http/request-options.ts';
import { Server, ServerResponse } from '../cores/http/server.ts';
import {
  METHODS,
  STATUS_CODES,
  validateHeaderName,
  validateHeaderValue,
} from '../cores/http/words.ts';

export { Agent, ClientRequest, Server };
export {
  initializeAgent,
  isPooled,
  type AgentOptions,
  type ConnectionOptions,
} from '../cores/http/agent.ts';
export { readRequestArguments } from '../cores/http/request-options.ts';

let globalAgent: unknown = new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5_000 });

function request(...args: unknown[]): ClientRequest {
  const { options, done } = readRequestArguments(args);
  options._defaultAgent ??= globalAgent;
  return new ClientRequest(options, done);
}

function get(...args: unknown[]): ClientRequest {
  const started = request(...args);
  started.end();
  return started;
}

export const builtin = {
  Agent,
  ClientRequest,
  IncomingMessage,
  METHODS: [...METHODS],
  OutgoingMessage,
  STATUS_CODES,
  Server,
  ServerResponse,
  createServer: (...args: unknown[]) => new Server(...args),
  get,
  get globalAgent(): unknown {
    return globalAgent;
  },
  set globalAgent(agent: unknown) {
    globalAgent = agent;
  },
  maxHeaderSize: 16_384,
  request,
  setMaxIdleHTTPParsers: () => {},
  validateHeaderName,
  validateHeaderValue,
};
