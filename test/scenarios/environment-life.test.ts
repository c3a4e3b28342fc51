import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Events, type EnvironmentInfo, type StopReason } from '../../src/core/events.ts';
import type { FunctionVersionRecord } from '../../src/functions/function-record.ts';
import { EnvironmentPool } from '../../src/invoke/environment-pool.ts';
import { Environment } from '../../src/invoke/environment.ts';
import type {
  EnvironmentStorage,
  RunningEnvironment,
  RunOutcome,
  RunRequest,
} from '../../src/invoke/executor.ts';
import { VirtualClock } from '../../src/testing/index.ts';

const idleTimeoutMs = 60_000;
const mb = 1_048_576;
const ceilingBytes = 40 * mb;

/** What the pool reads of a version is its identity. */
const versionRecord = (name: string): FunctionVersionRecord =>
  ({ functionName: name, version: '1' }) as unknown as FunctionVersionRecord;

const request: RunRequest = {
  requestId: 'r',
  eventJson: '{}',
  startedMs: 0,
  timeoutMs: 1_000,
  cpuMs: 1_000,
  extrasJson: undefined,
};

/** An environment that runs until it is told to end, and that minds who uses it. */
class FakeRunning implements RunningEnvironment {
  hasPendingWork = false;
  peakMemoryBytes = mb;
  isDisposed = false;
  isBusy = false;

  invoke(): Promise<RunOutcome> {
    if (this.isDisposed) throw new Error('invoked after it was disposed');
    if (this.isBusy) throw new Error('two invocations in one environment');
    this.isBusy = true;
    return new Promise(() => {});
  }

  dispose(): void {
    if (this.isDisposed) throw new Error('disposed twice');
    this.isDisposed = true;
    this.isBusy = false;
  }
}

/** `/tmp` as the pool sees it. */
class FakeStorage implements EnvironmentStorage {
  usedBytes = 0;
  isDisposed = false;
  readonly owner: string;

  constructor(owner = '') {
    this.owner = owner;
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

interface Held {
  readonly environment: Environment;
  readonly running: FakeRunning;
  readonly version: FunctionVersionRecord;
  readonly tenantId: string | undefined;
}

/** The pool next to a plain record of what was done to it. */
class World {
  readonly clock = new VirtualClock();
  readonly events = new Events();
  readonly pool = new EnvironmentPool({ clock: this.clock, idleTimeoutMs, ceilingBytes });
  readonly versions = [versionRecord('a'), versionRecord('b'), versionRecord('c')];
  readonly tenants = [undefined, 'red', 'blue'];
  readonly all: Held[] = [];
  readonly busy: Held[] = [];
  readonly storages = new Set<FakeStorage>();
  readonly stopped = new Map<string, StopReason[]>();
  #count = 0;

  constructor() {
    this.events.on('environment.stopped', ({ environment, reason }) => {
      const reasons = this.stopped.get(environment.environmentId) ?? [];
      this.stopped.set(environment.environmentId, [...reasons, reason]);
    });
  }

  start(version: FunctionVersionRecord, tenantId: string | undefined): void {
    this.#count += 1;
    const info = { environmentId: `${this.#count}`, tenantId } as unknown as EnvironmentInfo;
    const owner = `${version.functionName} for ${tenantId}`;
    const kept = this.pool.takeStorage(version, tenantId);
    const storage = kept instanceof FakeStorage ? kept : new FakeStorage(owner);
    expect(storage).toMatchObject({ owner, isDisposed: false });
    this.storages.add(storage);
    const environment = new Environment(
      version,
      info,
      storage,
      'arn',
      'init',
      this.clock,
      this.events,
    );
    this.pool.add(environment);
    const running = new FakeRunning();
    environment.ready(running, 1);
    const held = { environment, running, version, tenantId };
    this.all.push(held);
    this.enter(held);
  }

  enter(held: Held): void {
    void environmentRun(held.environment);
    this.busy.push(held);
  }

  /** Takes one of the busy ones out, chosen by a number. */
  leave(pick: number): Held | undefined {
    const [held] = this.busy.splice(pick % Math.max(this.busy.length, 1), 1);
    if (held !== undefined) held.running.isBusy = false;
    return held;
  }

  alive(): Held[] {
    return this.all.filter(({ environment }) => environment.state.kind !== 'dead');
  }

  check(): void {
    for (const { environment, running } of this.all) {
      const isDead = environment.state.kind === 'dead';
      expect(running.isDisposed).toBe(isDead);
      expect(this.stopped.get(environment.info.environmentId) ?? []).toHaveLength(isDead ? 1 : 0);
    }
    for (const { environment } of this.busy) expect(environment.state.kind).toBe('busy');
    const alive = this.alive();
    expect(this.pool.size).toBe(alive.length);
    for (const version of this.versions) {
      expect(this.pool.countOf(version)).toBe(
        alive.filter((held) => held.version === version).length,
      );
    }
    const booked = alive.reduce((sum, { environment }) => sum + environment.bookedBytes, 0);
    const inUse = alive.map(({ environment }) => environment.storage);
    expect(new Set(inUse).size).toBe(inUse.length);
    const kept = [...this.storages].filter(
      (storage) => !storage.isDisposed && !inUse.includes(storage),
    );
    const keptBytes = kept.reduce((sum, { usedBytes }) => sum + usedBytes, 0);
    expect(this.pool.bookedBytes).toBe(booked + keptBytes);
    // Over the ceiling, nobody may rest and nothing may wait.
    if (booked + keptBytes > ceilingBytes) {
      expect(alive.length).toBe(this.busy.length);
      expect(keptBytes).toBe(0);
    }
  }
}

function environmentRun(environment: Environment): unknown {
  return environment.run(request);
}

type Step = { readonly name: string; readonly run: (world: World) => void | Promise<void> };

const index = fc.nat({ max: 2 });

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(index, index).map(([version, tenant]) => ({
    name: `invoke version ${version} for tenant ${tenant}`,
    run: (world: World) => {
      const wanted = world.versions[version] as FunctionVersionRecord;
      const tenantId = world.tenants[tenant];
      const found = world.pool.take(wanted, tenantId);
      if (found === undefined) {
        const resting = world
          .alive()
          .filter((held) => held.version === wanted && held.tenantId === tenantId)
          .filter((held) => !world.busy.includes(held));
        expect(resting).toEqual([]);
        world.start(wanted, tenantId);
        return;
      }
      const held = world.all.find(({ environment }) => environment === found);
      expect(held).toMatchObject({ version: wanted, tenantId });
      expect(world.busy).not.toContain(held);
      expect(found.isRetired).toBe(false);
      if (held !== undefined) world.enter(held);
    },
  })),
  fc.tuple(fc.nat(), fc.boolean(), fc.nat({ max: 20 })).map(([pick, pending, grownMb]) => ({
    name: `give ${pick} back${pending ? ' with work' : ''}, grown by ${grownMb} MB`,
    run: (world: World) => {
      const held = world.leave(pick);
      if (held === undefined) return;
      held.running.hasPendingWork = pending;
      held.running.peakMemoryBytes += grownMb * mb;
      const { isRetired } = held.environment;
      world.pool.giveBack(held.environment, world.clock.now());
      const { kind } = held.environment.state;
      const overCeiling = kind === 'dead' && !isRetired;
      if (overCeiling) {
        expect(world.stopped.get(held.environment.info.environmentId)).toEqual(['memory-ceiling']);
      } else {
        expect(kind).toBe(isRetired ? 'dead' : pending ? 'frozen' : 'idle');
      }
    },
  })),
  fc
    .tuple(
      fc.nat(),
      fc.constantFrom<StopReason>('timeout', 'exit', 'engine-fault'),
      fc.nat({ max: 10 }),
    )
    .map(([pick, reason, writtenMb]) => ({
      name: `kill ${pick}: ${reason}, with ${writtenMb} MB in /tmp`,
      run: (world: World) => {
        const held = world.leave(pick);
        if (held === undefined) return;
        (held.environment.storage as FakeStorage).usedBytes += writtenMb * mb;
        world.pool.drop(held.environment, reason);
        world.pool.drop(held.environment, 'closed');
        expect(held.environment.state).toEqual({ kind: 'dead', reason });
      },
    })),
  index.map((version) => ({
    name: `retire version ${version}`,
    run: (world: World) => {
      const retired = world.versions[version] as FunctionVersionRecord;
      world.pool.retire(retired);
      const left = world.alive().filter((held) => held.version === retired);
      for (const held of left) {
        expect(world.busy).toContain(held);
        expect(held.environment.isRetired).toBe(true);
      }
    },
  })),
  fc.constantFrom(1, 20_000, 45_000, 60_000, 600_000).map((ms) => ({
    name: `advance ${ms} ms`,
    run: async (world: World) => {
      await world.clock.advance(ms);
      const nowMs = world.clock.now();
      for (const { environment } of world.alive()) {
        if (environment.idleSinceMs === Infinity) continue;
        expect(nowMs - environment.idleSinceMs).toBeLessThan(idleTimeoutMs);
      }
    },
  })),
);

const named = (step: Step): Step & { [fc.toStringMethod](): string } =>
  Object.assign(step, { [fc.toStringMethod]: () => step.name });

describe('the pool of environments', () => {
  test('keeps every promise of an environment, whatever happens in which order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps.map(named), { maxLength: 60 }), async (sequence) => {
        const world = new World();
        for (const step of sequence) {
          await step.run(world);
          world.check();
        }
        world.pool.close();
        world.busy.length = 0;
        for (const { running } of world.all) running.isBusy = false;
        world.check();
        expect(world.pool.bookedBytes).toBe(0);
        expect(world.pool.size).toBe(0);
        expect(world.clock.pending()).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test('takes the environment that rested last, so that the others can age', () => {
    const world = new World();
    const version = world.versions[0] as FunctionVersionRecord;
    for (let count = 0; count < 3; count += 1) world.start(version, undefined);
    const [first, second, third] = [...world.busy];
    for (const held of [third, first, second]) {
      if (held !== undefined) world.pool.giveBack(held.environment, world.clock.now());
    }

    expect(world.pool.take(version, undefined)).toBe(second?.environment);
    expect(world.pool.take(version, undefined)).toBe(first?.environment);
    expect(world.pool.take(version, undefined)).toBe(third?.environment);
    expect(world.pool.take(version, undefined)).toBeUndefined();
  });

  test('keeps /tmp for the environment that takes the place of one that was reset', () => {
    const world = new World();
    const version = world.versions[0] as FunctionVersionRecord;
    const end = (reason: StopReason): EnvironmentStorage | undefined => {
      world.start(version, 'tenant');
      const held = world.leave(0);
      if (held === undefined) return undefined;
      (held.environment.storage as FakeStorage).usedBytes = mb;
      world.pool.drop(held.environment, reason);
      return held.environment.storage;
    };

    const storage = end('timeout');
    expect(world.pool.takeStorage(version, undefined)).toBeUndefined();
    expect(world.pool.takeStorage(version, 'tenant')).toBe(storage);
    end('idle');
    expect(world.pool.takeStorage(version, 'tenant')).toBeUndefined();
  });

  test('lets the one that nobody used for longest go first when memory is short', async () => {
    const world = new World();
    const version = world.versions[0] as FunctionVersionRecord;
    for (let count = 0; count < 3; count += 1) world.start(version, undefined);
    const held = [...world.busy];
    for (const { environment, running } of held) {
      running.peakMemoryBytes = 12 * mb;
      running.isBusy = false;
      world.pool.giveBack(environment, world.clock.now());
      await world.clock.advance(1_000);
    }
    world.busy.length = 0;

    world.start(world.versions[1] as FunctionVersionRecord, undefined);
    const newcomer = world.leave(0);
    if (newcomer !== undefined) {
      newcomer.running.peakMemoryBytes = 10 * mb;
      world.pool.giveBack(newcomer.environment, world.clock.now());
    }

    expect(held.map(({ environment }) => environment.state.kind)).toEqual(['dead', 'idle', 'idle']);
    expect(newcomer?.environment.state.kind).toBe('idle');
  });
});

describe('an environment', () => {
  const fresh = (): Environment => {
    const world = new World();
    const info = { environmentId: '1' } as unknown as EnvironmentInfo;
    return new Environment(
      versionRecord('a'),
      info,
      new FakeStorage(),
      'arn',
      'init',
      world.clock,
      world.events,
    );
  };

  test.each([
    ['run before it is ready', (e: Environment) => e.run(request)],
    ['rest before it ran', (e: Environment) => e.rest(0)],
    ['be taken before it is ready', (e: Environment) => e.take()],
    [
      'be ready twice',
      (e: Environment) => {
        e.ready(new FakeRunning(), 0);
        e.ready(new FakeRunning(), 0);
      },
    ],
    [
      'be taken while it is busy',
      (e: Environment) => {
        e.ready(new FakeRunning(), 0);
        e.take();
      },
    ],
    [
      'run after it was stopped',
      (e: Environment) => {
        e.ready(new FakeRunning(), 0);
        e.stop('timeout');
        void e.run(request);
      },
    ],
    [
      'rest after it was stopped',
      (e: Environment) => {
        e.ready(new FakeRunning(), 0);
        e.stop('timeout');
        e.rest(0);
      },
    ],
    [
      'be ready after it was stopped',
      (e: Environment) => {
        e.stop('closed');
        e.ready(new FakeRunning(), 0);
      },
    ],
  ])('cannot %s', (_name, move) => {
    expect(() => move(fresh())).toThrow();
  });

  test('keeps the first reason for its end', () => {
    const environment = fresh();
    environment.stop('timeout');
    environment.stop('closed');

    expect(environment.state).toEqual({ kind: 'dead', reason: 'timeout' });
  });
});
