import type { Home } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import { checkInteger } from '../core/options.ts';
import { Archive, type ArchiveOptions } from './archive.ts';
import { BrokerError } from './broker-error.ts';
import type { AcceptedEvent } from './bus-event.ts';
import { checkArchiveName, checkReplayName } from './event-bus-options.ts';

/** Which archived events come again. */
export interface ReplayOptions {
  /** Name of the archive. */
  readonly archive: string;
  /** Epoch milliseconds; events are chosen by the time that they carry. */
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  /** Names of the rules that see them. @default all rules */
  readonly rules?: readonly string[];
  /** What the events carry as `replay-name`; new for each replay. @default a name with a new id */
  readonly name?: string;
}

/** What came of a replay. */
export interface Replay {
  readonly name: string;
  readonly arn: string;
  /** How many events came again, whether or not a rule matched them. */
  readonly eventCount: number;
}

/** The archives of one bus. */
export class BusArchives {
  readonly #home: Home;
  readonly #clock: Clock;
  readonly #archives = new Map<string, Archive>();
  readonly #replayNames = new Set<string>();

  constructor(home: Home, clock: Clock) {
    this.#home = home;
    this.#clock = clock;
  }

  all(): readonly Archive[] {
    return [...this.#archives.values()];
  }

  get(name: string): Archive | undefined {
    return this.#archives.get(name);
  }

  create(name: string, options: ArchiveOptions): Archive {
    checkArchiveName(name);
    if (this.#archives.has(name)) throw alreadyExists('Archive', name);
    const archive = new Archive(name, this.#arnOf('archive', name), options, this.#clock);
    this.#archives.set(name, archive);
    return archive;
  }

  delete(name: string): boolean {
    return this.#archives.delete(name);
  }

  offer(accepted: AcceptedEvent): void {
    for (const archive of this.#archives.values()) archive.offer(accepted);
  }

  /** The events of a replay, the oldest first. A name is used up by that. */
  select(options: ReplayOptions & { readonly name: string }): {
    readonly events: readonly AcceptedEvent[];
    readonly replay: Replay;
  } {
    const { archive: archiveName, fromMs, toMs, name } = options;
    checkReplayName(name);
    for (const [option, value] of Object.entries({ fromMs, toMs })) {
      checkInteger(option, value, { min: 0, max: 8.64e15 });
    }
    const archive = this.#archives.get(archiveName);
    if (archive === undefined) {
      throw invalidParameter('EventSourceArn', `Archive ${archiveName} does not exist.`);
    }
    if (fromMs >= toMs) {
      throw invalidParameter('EventEndTime', 'EventStartTime must be before EventEndTime.');
    }
    if (this.#replayNames.has(name)) throw alreadyExists('Replay', name);
    this.#replayNames.add(name);
    const events = archive.between(fromMs, toMs);
    return {
      events,
      replay: { name, arn: this.#arnOf('replay', name), eventCount: events.length },
    };
  }

  #arnOf(kind: 'archive' | 'replay', name: string): string {
    const { partition, region, accountId } = this.#home;
    return `arn:${partition}:events:${region}:${accountId}:${kind}/${name}`;
  }
}

export function alreadyExists(what: string, name: string): BrokerError {
  return new BrokerError('ResourceAlreadyExistsException', `${what} ${name} already exists.`);
}

function invalidParameter(parameter: string, reason: string): BrokerError {
  return new BrokerError(
    'ValidationException',
    `Parameter ${parameter} is not valid. Reason: ${reason}`,
  );
}
