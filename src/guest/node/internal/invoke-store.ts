import { requestIdOfInvocation, wantRequestId } from '../../invocation.ts';
import { NativeError, StringOf } from '../../primordials.ts';

wantRequestId();

const keys = {
  REQUEST_ID: Symbol.for('_AWS_LAMBDA_REQUEST_ID'),
  X_RAY_TRACE_ID: Symbol.for('_AWS_LAMBDA_X_RAY_TRACE_ID'),
  TENANT_ID: Symbol.for('_AWS_LAMBDA_TENANT_ID'),
} as const;

type Store = Record<PropertyKey, unknown>;

/** The store of one invocation; one runs at a time, so it needs no AsyncLocalStorage. */
let store: Store = {};
let storeRequestId: string | undefined;

function current(): Store {
  const requestId = requestIdOfInvocation();
  if (requestId !== storeRequestId) {
    storeRequestId = requestId;
    store = {};
  }
  const { process } = globalThis as unknown as { process: { env: Record<string, unknown> } };
  store[keys.REQUEST_ID] = requestId;
  store[keys.X_RAY_TRACE_ID] = process.env['_X_AMZN_TRACE_ID'];
  return store;
}

function isProtected(key: PropertyKey): boolean {
  return key === keys.REQUEST_ID || key === keys.X_RAY_TRACE_ID || key === keys.TENANT_ID;
}

/** `awslambda.InvokeStore`, as AWS's client for Node offers it to the SDK and to Powertools. */
export const InvokeStore = {
  PROTECTED_KEYS: keys,
  getContext: (): Store => current(),
  hasContext: (): boolean => requestIdOfInvocation() !== undefined,
  get: (key: PropertyKey): unknown => current()[key],
  set: (key: PropertyKey, value: unknown): void => {
    if (isProtected(key)) {
      throw new NativeError(`Cannot modify protected Lambda context field: ${StringOf(key)}`);
    }
    current()[key] = value;
  },
  run: (context: Store, callback: () => unknown): unknown => {
    const before = current();
    store = { ...context };
    try {
      return callback();
    } finally {
      store = before;
    }
  },
  getRequestId: (): unknown => current()[keys.REQUEST_ID] ?? '-',
  getXRayTraceId: (): unknown => current()[keys.X_RAY_TRACE_ID],
  getTenantId: (): unknown => current()[keys.TENANT_ID],
};
