/** What parts of the prelude may know of the invocation that runs. */
let currentRequestId: string | undefined;
let isWanted = false;

export function setRequestId(requestId: string): void {
  currentRequestId = requestId;
}

export function requestIdOfInvocation(): string | undefined {
  return currentRequestId;
}

/** From now on invocations bring their request id along, whatever the handler can see. */
export function wantRequestId(): void {
  isWanted = true;
}

export function isRequestIdWanted(): boolean {
  return isWanted;
}
