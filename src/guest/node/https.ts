import { callable } from '../cores/net/callable.ts';
import {
  Agent as PlainAgent,
  ClientRequest,
  Server as PlainServer,
  initializeAgent,
  isPooled,
  readRequestArguments,
  type AgentOptions,
  type ConnectionOptions,
} from './http.ts';
import { builtin as tls } from './tls.ts';

const namedOptions = [
  'ca',
  'cert',
  'clientCertEngine',
  'ciphers',
  'key',
  'pfx',
  'rejectUnauthorized',
  'servername',
  'minVersion',
  'maxVersion',
  'secureProtocol',
  'crl',
  'honorCipherOrder',
  'ecdhCurve',
  'dhparam',
  'secureOptions',
  'sessionIdContext',
  'sigalgs',
];

/** https://nodejs.org/api/https.html#class-httpsagent */
class AgentClass extends PlainAgent {
  constructor(options?: AgentOptions) {
    super(options);
    initialize(this);
  }

  override getName(options: ConnectionOptions = {}): string {
    const parts = namedOptions.map((name) => {
      const value = options[name];
      return value === undefined || (name === 'servername' && value === options.host)
        ? ''
        : String(value);
    });
    return `${super.getName(options)}:${parts.join(':')}`;
  }

  override createConnection(options: ConnectionOptions): unknown {
    return tls.connect(options);
  }
}

function initialize(self: AgentClass): void {
  self.defaultPort = 443;
  self.protocol = 'https:';
}

isPooled(AgentClass.prototype.createConnection);

const Agent = callable(AgentClass, (self, [options]) => {
  initializeAgent(self, options);
  initialize(self);
});

let globalAgent: unknown = new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5_000 });

function request(...args: unknown[]): ClientRequest {
  const { options, done } = readRequestArguments(args);
  options._defaultAgent ??= globalAgent;
  // The program wants to look at the certificate itself, so the connection is its own.
  if (options.checkServerIdentity !== undefined && options.createConnection === undefined) {
    const agent = options.agent as PlainAgent | undefined | null | false;
    if (agent === undefined || agent === null || agent === false) {
      options.agent = undefined;
      options.createConnection = (connection) => tls.connect(connection);
    }
  }
  return new ClientRequest(options, done);
}

function get(...args: unknown[]): ClientRequest {
  const started = request(...args);
  started.end();
  return started;
}

export const builtin = {
  Agent,
  Server: PlainServer,
  createServer: (...args: unknown[]) => new PlainServer(...args),
  get,
  get globalAgent(): unknown {
    return globalAgent;
  },
  set globalAgent(agent: unknown) {
    globalAgent = agent;
  },
  request,
};
