import { ServiceError } from '../service.ts';
import type { Question } from './question.ts';

/** Something on the host that a guest holds by a number. */
export interface Handle {
  /** Nobody would miss much: it may go when there are too many. */
  readonly isSpent?: boolean;
  /** Lets go of it at once. */
  destroy(): void;
}

/** Sockets of one environment are limited by the door; this is for everything else too. */
const mostHandles = 4_096;
const ids = { min: 1, max: 2 ** 31 - 1 };

/**
 * What one environment holds. The guest chooses the numbers, so that it can use a handle before the host
 * has answered; a number that is in use is refused.
 */
export class Handles {
  readonly #handles = new Map<number, Handle>();

  /** The number in a question for a handle that is to come. @throws ServiceError */
  newId(question: Question, field = 'id'): number {
    const id = question.integer(field, ids);
    if (this.#handles.has(id)) throw badHandle(`The handle ${id} exists already`);
    return id;
  }

  add(id: number, handle: Handle): void {
    if (this.#handles.size >= mostHandles) this.#dropSpent();
    if (this.#handles.size >= mostHandles) {
      throw new ServiceError('EMFILE', `Too many open handles: the limit is ${mostHandles}`);
    }
    if (this.#handles.has(id)) throw badHandle(`The handle ${id} exists already`);
    this.#handles.set(id, handle);
  }

  /** The handle that a question names. @throws ServiceError `EBADF` when there is none of that kind */
  get<T extends Handle>(
    question: Question,
    kind: abstract new (...args: never[]) => T,
    field = 'id',
  ): T {
    const id = question.integer(field, ids);
    const handle = this.#handles.get(id);
    if (handle instanceof kind) return handle;
    throw badHandle(`There is no handle ${id} of that kind`);
  }

  /** Takes the handle away without destroying it, unless another has its number by now. */
  release(id: number, handle: Handle): void {
    if (this.#handles.get(id) === handle) this.#handles.delete(id);
  }

  /** Does nothing when there is none: guest and host may both let go. */
  destroy(question: Question): void {
    const id = question.integer('id', ids);
    const handle = this.#handles.get(id);
    this.#handles.delete(id);
    handle?.destroy();
  }

  #dropSpent(): void {
    for (const [id, handle] of this.#handles) {
      if (handle.isSpent !== true) continue;
      this.#handles.delete(id);
      handle.destroy();
      return;
    }
  }

  close(): void {
    const handles = [...this.#handles.values()];
    this.#handles.clear();
    for (const handle of handles) handle.destroy();
  }
}

function badHandle(message: string): ServiceError {
  return new ServiceError('EBADF', message);
}
