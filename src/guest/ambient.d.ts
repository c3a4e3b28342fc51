/** Hands a message to the host and does not wait. Primitives and bytes go out, nothing comes back. */
type Emit = (kind: number, text: string, bytes?: ArrayBuffer) => void;

/** Asks the host and blocks until it answers. */
type Call = (kind: number, text: string, bytes?: ArrayBuffer) => string | ArrayBuffer | undefined;

declare module '@ungap/structured-clone' {
  export default function structuredClone(
    value: unknown,
    options?: { json?: boolean; lossy?: boolean },
  ): unknown;
}
