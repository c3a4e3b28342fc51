import type { MappingChanges } from './mapping-options.ts';
import type { MappingInfo, MappingState } from './mapping-record.ts';
import type { Mappings } from './mappings.ts';

/**
 * An event source mapping: reads a source and invokes a function with batches of its records.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
 */
export class Mapping {
  /** A UUID. */
  readonly id: string;
  readonly arn: string;
  readonly #mappings: Mappings;

  constructor(mappings: Mappings, { id, arn }: MappingInfo) {
    this.id = id;
    this.arn = arn;
    this.#mappings = mappings;
  }

  /** Settings and state as they are now. @throws MappingNotFoundError when it was deleted */
  get info(): MappingInfo {
    return this.#mappings.get(this.id);
  }

  get state(): MappingState {
    return this.info.state;
  }

  /**
   * Changes settings; what is left out stays. Resolves when the new ones are at work, and batches that ran on the old
   * ones have ended.
   */
  async update(changes: MappingChanges): Promise<void> {
    await this.#mappings.settled(this.id);
    await this.#mappings.update(this.id, changes);
    await this.#mappings.settled(this.id);
  }

  /** Goes on where it stopped. */
  async enable(): Promise<void> {
    await this.update({ enabled: true });
  }

  /** Takes no more records; resolves when the batches that run have ended. */
  async disable(): Promise<void> {
    await this.update({ enabled: false });
  }

  /** Resolves when the batches that run have ended. Messages stay in their queue. */
  async delete(): Promise<void> {
    await this.#mappings.settled(this.id);
    await this.#mappings.delete(this.id);
    await this.#mappings.settled(this.id);
  }
}
