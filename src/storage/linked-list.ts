/** What can stand in a `LinkedList`; in one at a time. */
export interface Linked<T> {
  prev: T | undefined;
  next: T | undefined;
}

/**
 * A list whose links are fields of its items: both ends and the removal from anywhere cost the same at a
 * million items as at ten, and nothing is allocated.
 */
export class LinkedList<T extends Linked<T>> {
  #first: T | undefined;
  #last: T | undefined;

  get first(): T | undefined {
    return this.#first;
  }

  get last(): T | undefined {
    return this.#last;
  }

  push(item: T): void {
    item.prev = this.#last;
    if (this.#last === undefined) this.#first = item;
    else this.#last.next = item;
    this.#last = item;
  }

  shift(): T | undefined {
    const item = this.#first;
    if (item !== undefined) this.remove(item);
    return item;
  }

  /** The item must be in this list. */
  remove(item: T): void {
    const { prev, next } = item;
    if (prev === undefined) this.#first = next;
    else prev.next = next;
    if (next === undefined) this.#last = prev;
    else next.prev = prev;
    // An item that is gone must not keep its neighbours from the garbage collector.
    item.prev = undefined;
    item.next = undefined;
  }
}
