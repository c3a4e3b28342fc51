import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClosedError, ThrottledError } from '../../src/core/errors.ts';
import { Events, type LambdaEvents } from '../../src/core/events.ts';
import { SeededIds } from '../../src/core/ids.ts';
import { seededRandom } from '../../src/core/random.ts';
import { UndeliverableError } from '../../src/async/delivery-target.ts';
import type { InvokeOutcome } from '../../src/invoke/outcome.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { SqliteStorage } from '../../src/storage/sqlite-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { BareRoad, failure, functionsOf, success } from './bare-road.ts';
import { start } from './fixture.ts';

const names = ['a', 'b'] as const;
type Name = (typeof names)[number];

const behaviours = ['ok', 'fails', 'throttled', 'fault', 'throws', 'slow'] as const;
type Behaviour = (typeof behaviours)[number];

/** Targets take what they get, at times, or never. */
const places = ['takes', 'at-times', 'never', 'nowhere'] as const;
type Place = (typeof places)[number];

type Action =
  | { readonly do: 'send'; readonly to: Name; readonly times: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'behave'; readonly of: Name; readonly as: Behaviour }
  | { readonly do: 'reserve'; readonly of: Name; readonly reserved: 0 | null }
  | { readonly do: 'configure'; readonly of: Name; readonly config: Config | undefined }
  | { readonly do: 'letters'; readonly of: Name; readonly to: Place | undefined }
  | { readonly do: 'delete' | 'create'; readonly of: Name }
  | { readonly do: 'reopen'; readonly drains: boolean };

interface Config {
  readonly maxRetries: number;
  readonly onSuccess: Place | undefined;
  readonly onFailure: Place | undefined;
}

const name = fc.constantFrom(...names);
const place = fc.option(fc.constantFrom(...places), { nil: undefined });
const config = fc.record({ maxRetries: fc.nat({ max: 2 }), onSuccess: place, onFailure: place });
const passing = [0, 500, 1_000, 30_000, 60_000, 300_000, 21_600_000];
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('send'), to: name, times: fc.nat(3) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('advance'), ms: fc.constantFrom(...passing) }),
  },
  fc.record({ do: fc.constant('behave'), of: name, as: fc.constantFrom(...behaviours) }),
  fc.record({ do: fc.constant('reserve'), of: name, reserved: fc.constantFrom(0 as const, null) }),
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('configure'),
      of: name,
      config: fc.option(config, { nil: undefined }),
    }),
  },
  fc.record({ do: fc.constant('letters'), of: name, to: place }),
  fc.record({ do: fc.constantFrom('delete' as const, 'create' as const), of: name }),
  fc.record({ do: fc.constant('reopen'), drains: fc.boolean() }),
) as fc.Arbitrary<Action>;

/** What of a function the model knows. */
interface Known {
  behaviour: Behaviour;
  reserved: 0 | null;
  config: Config | undefined;
  letters: Place | undefined;
}

/** Hosts that follow each other, and what became of every event that they accepted. */
class Hosts {
  readonly #openStorage: (clock: VirtualClock) => Promise<Storage>;
  readonly #clock = new VirtualClock(start);
  readonly #known = new Map<Name, Known>();
  /** Deliveries that an event still owes, by its id; an event that is done owes none. */
  readonly #owed = new Map<string, string[]>();
  readonly #accepted = new Set<string>();
  readonly #ended = new Set<string>();
  /** Listeners cannot fail a test. */
  readonly #problems: string[] = [];
  readonly #ids = new SeededIds(seededRandom(1));
  readonly #cutOff = new Set<() => void>();
  #attempts = 0;
  #storage!: Storage;
  #road!: BareRoad;

  constructor(openStorage: (clock: VirtualClock) => Promise<Storage>) {
    this.#openStorage = openStorage;
  }

  async open(): Promise<void> {
    this.#storage = await this.#openStorage(this.#clock);
    const events = new Events();
    this.#watch(events);
    this.#road = new BareRoad({
      clock: this.#clock,
      events,
      ids: this.#ids,
      openQueue: (options) => this.#storage.openQueue(options),
    });
    for (const to of places) this.#addTarget(to);
    for (const [of, known] of this.#known) this.#deploy(of, known);
    this.#road.queue.resume(functionsOf(this.#storage.queueNames()));
  }

  async close(drains: boolean): Promise<void> {
    if (drains) await this.#clock.runUntil(this.#drained());
    this.#road.queue.stop();
    for (const end of this.#cutOff) end();
    await this.#road.queue.close();
    await this.#storage.close();
    if (this.#storage.isDurable) return;
    expect(this.#accepted.size - this.#ended.size, 'left behind in silence').toBe(0);
  }

  async play(step: Action): Promise<void> {
    switch (step.do) {
      case 'send':
        for (let time = 0; time < step.times; time += 1) await this.#send(step.to);
        break;
      case 'advance':
        await this.#clock.advance(step.ms);
        break;
      case 'behave':
        this.#change(step.of, { behaviour: step.as });
        break;
      case 'reserve':
        this.#change(step.of, { reserved: step.reserved });
        break;
      case 'configure':
        this.#change(step.of, { config: step.config });
        break;
      case 'letters':
        this.#change(step.of, { letters: step.to });
        break;
      case 'create':
        this.#create(step.of);
        break;
      case 'delete':
        if (this.#known.delete(step.of)) this.#road.delete(step.of);
        break;
      case 'reopen':
        await this.close(step.drains);
        await this.open();
        break;
    }
    await this.#clock.advance(0);
    expect(this.#problems).toEqual([]);
    const left = this.#accepted.size - this.#ended.size;
    expect(this.#road.queue.size, `after ${JSON.stringify(step)}`).toBe(left);
  }

  /** The end of everything: whatever waits ends within the longest age and the last deliveries. */
  async finish(): Promise<void> {
    await this.#clock.advance(2 * 21_600_000);
    expect(this.#road.queue.size).toBe(0);
    expect([...this.#accepted].filter((id) => !this.#ended.has(id))).toEqual([]);
    await this.close(true);
    expect(this.#problems).toEqual([]);
    expect(this.#clock.pending()).toEqual([]);
  }

  async #send(to: Name): Promise<void> {
    this.#create(to);
    await this.#road.send(to);
  }

  async #drained(): Promise<void> {
    await this.#road.queue.drain();
  }

  #create(of: Name): void {
    if (this.#known.has(of)) return;
    const known = {
      behaviour: 'ok',
      reserved: null,
      config: undefined,
      letters: undefined,
    } as const;
    this.#known.set(of, known);
    this.#deploy(of, known);
  }

  #change(of: Name, changes: Partial<Known>): void {
    const known = this.#known.get(of);
    if (known === undefined) return;
    this.#known.set(of, { ...known, ...changes });
    this.#deploy(of, { ...known, ...changes });
  }

  #deploy(of: Name, { reserved, config: wanted, letters }: Known): void {
    const made = this.#road.create(of, (invocation) => this.#run(of, invocation));
    const deadLetter = letters === undefined ? null : arnOf(letters);
    made.facts = { ...made.facts, reservedConcurrency: reserved, deadLetter };
    if (wanted === undefined) {
      this.#road.configure(of, undefined);
      return;
    }
    const { maxRetries, onSuccess, onFailure } = wanted;
    this.#road.configure(of, {
      maxRetries,
      ...(onSuccess !== undefined && { onSuccess: arnOf(onSuccess) }),
      ...(onFailure !== undefined && { onFailure: arnOf(onFailure) }),
    });
  }

  #run(
    of: Name,
    invocation: Parameters<typeof success>[0],
  ): InvokeOutcome | Promise<InvokeOutcome> {
    switch (this.#known.get(of)?.behaviour) {
      case 'fails':
        return failure(invocation);
      case 'throttled':
        throw new ThrottledError(of, 0, 'ReservedFunctionConcurrentInvocationLimitExceeded');
      case 'fault':
        return Promise.resolve(failure(invocation, true));
      case 'throws':
        throw new Error('a fault of the host');
      case 'slow':
        return new Promise((resolve, reject) => {
          const end = (): void => {
            this.#cutOff.delete(end);
            timer.cancel();
            reject(new ClosedError());
          };
          this.#cutOff.add(end);
          const later = (): void => {
            this.#cutOff.delete(end);
            resolve(success(invocation));
          };
          const timer = this.#clock.setTimer(later, 100_000, { label: 'a slow handler' });
        });
      default:
        return success(invocation);
    }
  }

  #addTarget(to: Place): void {
    if (to === 'nowhere') return;
    const send = async (): Promise<void> => {
      this.#attempts += 1;
      if (to === 'never') throw new UndeliverableError('never');
      if (to === 'at-times' && this.#attempts % 3 > 0) throw new Error('not now');
    };
    this.#road.targets.set(arnOf(to), { kind: 'queue', isFifo: false, send });
  }

  #watch(events: Events): void {
    const on = <Type extends keyof LambdaEvents>(
      type: Type,
      listener: (event: LambdaEvents[Type]) => void,
    ): void => events.on(type, listener);
    on('async.accepted', ({ requestId }) => void this.#accepted.add(requestId));
    on('async.abandoned', ({ requestId }) => this.#end(requestId));
    on('async.succeeded', ({ requestId, functionName }) => {
      const { onSuccess } = this.#known.get(functionName as Name)?.config ?? {};
      this.#owe(requestId, onSuccess === undefined ? [] : ['destination']);
    });
    on('async.dropped', ({ requestId, functionName, condition }) => {
      const known = this.#known.get(functionName as Name);
      if (condition === 'FunctionDeleted') this.#owe(requestId, []);
      else {
        this.#owe(requestId, [
          ...(known?.config?.onFailure === undefined ? [] : ['destination']),
          ...(known?.letters === undefined ? [] : ['letter']),
        ]);
      }
    });
    on('destination.delivered', ({ requestId }) => this.#pay(requestId, 'destination'));
    on('destination.failed', ({ requestId }) => this.#pay(requestId, 'destination'));
    on('deadLetter.sent', ({ requestId }) => this.#pay(requestId, 'letter'));
    on('deadLetter.failed', ({ requestId }) => this.#pay(requestId, 'letter'));
  }

  #owe(requestId: string, kinds: string[]): void {
    if (!this.#accepted.has(requestId)) this.#problems.push(`${requestId} was not accepted`);
    if (this.#owed.has(requestId)) this.#problems.push(`${requestId} was decided twice`);
    this.#owed.set(requestId, kinds);
    if (kinds.length === 0) this.#end(requestId);
  }

  #pay(requestId: string, kind: string): void {
    const owed = this.#owed.get(requestId) ?? [];
    if (!owed.includes(kind)) this.#problems.push(`${requestId} owes no ${kind}`);
    const left = owed.filter((other) => other !== kind);
    this.#owed.set(requestId, left);
    if (left.length === 0) this.#end(requestId);
  }

  #end(requestId: string): void {
    if (this.#ended.has(requestId)) this.#problems.push(`${requestId} ended twice`);
    this.#ended.add(requestId);
  }
}

function arnOf(to: Place): string {
  return `arn:aws:sqs:us-east-1:123456789012:${to}`;
}

async function play(
  actions: readonly Action[],
  openStorage: (clock: VirtualClock) => Promise<Storage>,
): Promise<void> {
  const hosts = new Hosts(openStorage);
  await hosts.open();
  for (const step of actions) await hosts.play(step);
  await hosts.finish();
}

describe('whatever happens, an event that was accepted ends once, is reported, or still waits', () => {
  test('in memory', async () => {
    const sequences = fc.array(action, { maxLength: 30, size: 'max' });
    await fc.assert(
      fc.asyncProperty(sequences, (actions) =>
        play(actions, async (clock) => new MemoryStorage({ clock })),
      ),
      { numRuns: 150 },
    );
  }, 120_000);

  test('in a SQLite file, by hosts that follow each other', async () => {
    const sequences = fc.array(action, { maxLength: 30, size: 'max' });
    await fc.assert(
      fc.asyncProperty(sequences, async (actions) => {
        const folder = mkdtempSync(join(tmpdir(), 'isolambda-model-'));
        const file = join(folder, 'host.db');
        try {
          await play(actions, (clock) => SqliteStorage.open({ file, clock }));
        } finally {
          rmSync(folder, { recursive: true });
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});
