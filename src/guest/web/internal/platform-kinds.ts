/**
 * What platform objects have to say about being cloned or transferred. Each class enters its own kind when
 * its part is evaluated: what has never been loaded has no instances.
 */
export interface PlatformKind {
  isOf(value: object): boolean;
  /** Makes the copy; left out when the class cannot be cloned. */
  clone?(value: object): object;
  /** Makes what stands for the object on the other side; `finish` moves the contents there. */
  transfer?(value: object): { copy: object; finish(): void };
}

const kinds: PlatformKind[] = [];

export function definePlatformKind(kind: PlatformKind): void {
  kinds.push(kind);
}

export function platformKindOf(value: object): PlatformKind | undefined {
  for (const kind of kinds) if (kind.isOf(value)) return kind;
  return undefined;
}
