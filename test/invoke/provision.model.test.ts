import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Events, type EnvironmentInfo, type StopReason } from '../../src/core/events.ts';
import type { FunctionVersionRecord } from '../../src/functions/function-record.ts';
import { Admission } from '../../src/invoke/admission.ts';
import { Environment } from '../../src/invoke/environment.ts';
import { EnvironmentPool } from '../../src/invoke/environment-pool.ts';
import type { EnvironmentStarter } from '../../src/invoke/environment-starter.ts';
import type { EnvironmentStorage, StartedEnvironment } from '../../src/invoke/executor.ts';
import { Provision } from '../../src/invoke/provision.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const account = 1_000;
const versions = ['1', '2'].map(
  (version) =>
    ({ functionName: 'orders', version, config: { timeoutMs: 3_000 } }) as FunctionVersionRecord,
);

/** An init that goes on until the test says how it ends. */
interface Init {
  readonly environment: Environment;
  readonly end: (started: StartedEnvironment) => void;
}

/** Inits end when the test says so; all else is the real thing. */
class World {
  readonly clock = new VirtualClock(0);
  readonly events = new Events();
  readonly admission = new Admission({
    concurrency: account,
    rateLimits: 'none',
    events: this.events,
    clock: this.clock,
  });
  readonly pool = new EnvironmentPool({
    clock: this.clock,
    idleTimeoutMs: 1_000,
    ceilingBytes: 1,
  });
  readonly inits: Init[] = [];
  readonly busy: Environment[] = [];
  readonly provision: Provision;
  targets: ReadonlyMap<FunctionVersionRecord, number> = new Map();
  isClosed = false;
  #count = 0;

  constructor() {
    const owner = { functionName: 'orders', qualifier: 'live', arn: 'arn' };
    const { admission, pool, clock, events } = this;
    const starter = this.#starter() as unknown as EnvironmentStarter;
    this.provision = new Provision(owner, { admission, pool, clock, events, starter });
  }

  #starter(): Partial<EnvironmentStarter> {
    const storage: EnvironmentStorage = { usedBytes: 0, dispose: () => {} };
    return {
      program: () => ({}) as never,
      newInfo: (_version, tenantId, initializationType) => {
        this.#count += 1;
        const environmentId = `${this.#count}`;
        return { environmentId, tenantId, initializationType } as EnvironmentInfo;
      },
      storage: () => storage,
      create: ({ version, info, usualArn, phase }) => {
        const { clock, events } = this;
        const made = new Environment(version, info, storage, usualArn, phase, clock, events);
        this.pool.add(made);
        return made;
      },
      start: (environment) =>
        new Promise((resolve) => {
          this.inits.push({ environment, end: resolve });
        }),
      initFailed: (environment) => this.pool.drop(environment, 'init-failed'),
    };
  }

  get total(): number {
    let total = 0;
    for (const count of this.targets.values()) total += count;
    return total;
  }

  aim(first: number, second: number): void {
    if (this.isClosed) return;
    const counts = versions.map(
      (version, index) => [version, index === 0 ? first : second] as const,
    );
    this.targets = new Map(counts.filter(([, count]) => count > 0));
    this.provision.aim(this.targets);
  }

  close(): void {
    this.isClosed = true;
    this.targets = new Map();
    this.provision.close();
  }

  async endInit(pick: number, ok: boolean): Promise<void> {
    const [init] = this.inits.splice(pick % Math.max(this.inits.length, 1), 1);
    if (init === undefined) return;
    const environment = { hasPendingWork: false, peakMemoryBytes: 1, dispose: () => {} } as never;
    const fault = { kind: 'exit', status: 1 } as const;
    init.end(ok ? { ok, environment, cpuMs: 1 } : { ok, fault, cpuMs: 1 });
    await this.settle();
  }

  /** An invocation of one of the versions, if one is free. */
  enter(version: number): void {
    const record = versions[version];
    if (record === undefined || !this.admission.isProvisioned(record)) return;
    const environment = this.admission.openSlots(record).idle.pop();
    if (environment === undefined) return;
    environment.take();
    this.busy.push(environment);
  }

  leave(pick: number, reason: StopReason | undefined): void {
    const [environment] = this.busy.splice(pick % Math.max(this.busy.length, 1), 1);
    if (environment === undefined) return;
    if (reason === undefined) this.pool.giveBack(environment, this.clock.now());
    else this.pool.drop(environment, reason);
  }

  /** What was set off goes on by promises alone, and by turns of the host now and then. */
  async settle(): Promise<void> {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }

  check(): void {
    const { provision } = this;
    let alive = 0;
    for (const version of versions) {
      if (!this.admission.isProvisioned(version)) continue;
      const slots = this.admission.openSlots(version);
      expect(slots.alive).toBeGreaterThan(0);
      expect(slots.idle.length).toBeLessThanOrEqual(slots.alive);
      for (const environment of slots.idle) expect(environment.isResting).toBe(true);
      alive += slots.alive;
    }
    expect(provision.available).toBe(alive);
    expect(provision.allocated).toBeLessThanOrEqual(this.total);
    expect(this.admission.limitOf('orders')).toBe(account + provision.allocated);
    const retired = this.busy.filter(({ isRetired }) => isRetired).length;
    // Of those that start some may not be wanted any more; nothing else is alive.
    expect(this.pool.size).toBe(alive + retired + this.inits.length);
    if (provision.status === 'READY' && !this.isClosed) {
      expect(provision.allocated).toBe(this.total);
      expect(provision.available).toBeLessThanOrEqual(this.total);
      // Each one that broke is being replaced.
      expect(this.inits.length).toBeGreaterThanOrEqual(provision.allocated - provision.available);
    }
    // Nothing is replaced any more.
    if (provision.status === 'FAILED') {
      expect(provision.allocated).toBe(Math.min(provision.available, this.total));
    }
    if (provision.status === 'IN_PROGRESS' && this.total > 0) {
      expect(this.inits.length).toBeGreaterThan(0);
    }
  }
}

interface Step {
  readonly name: string;
  run(world: World): void | Promise<void>;
}

const small = fc.integer({ min: 0, max: 6 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(small, small).map(([first, second]) => ({
    name: `aim at ${first} and ${second}`,
    run: (world: World) => world.aim(first, second),
  })),
  {
    weight: 4,
    arbitrary: fc.tuple(fc.nat(), fc.integer({ min: 0, max: 4 })).map(([pick, luck]) => ({
      name: luck === 0 ? 'an init fails' : 'an init succeeds',
      run: (world: World) => world.endInit(pick, luck !== 0),
    })),
  },
  fc.constant({
    name: 'six inits fail',
    run: async (world: World) => {
      for (let count = 0; count < 6; count += 1) await world.endInit(0, false);
    },
  }),
  fc.constantFrom(0, 1).map((version) => ({
    name: `an invocation of ${version + 1}`,
    run: (world: World) => world.enter(version),
  })),
  fc
    .tuple(
      fc.nat(),
      fc.constantFrom<StopReason | undefined>(undefined, undefined, 'timeout', 'exit'),
    )
    .map(([pick, reason]) => ({
      name: `an invocation ends${reason === undefined ? '' : ` with ${reason}`}`,
      run: (world: World) => world.leave(pick, reason),
    })),
  fc.constant({
    name: 'an hour passes',
    run: async (world: World) => {
      await world.clock.advance(3_600_000);
    },
  }),
);

const named = (each: Step): Step & { [fc.toStringMethod](): string } =>
  Object.assign(each, { [fc.toStringMethod]: () => each.name });

test('whatever happens to it, a provision has what it aims at in the end, and nothing when it is closed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step.map(named), { maxLength: 50, size: 'max' }), async (steps) => {
      const world = new World();
      for (const each of steps) {
        await each.run(world);
        await world.settle();
        world.check();
      }
      // What had failed is tried again, and now succeeds.
      world.aim(3, 1);
      await world.settle();
      while (world.inits.length > 0) await world.endInit(0, true);
      world.check();
      expect(world.provision).toMatchObject({ status: 'READY', allocated: 4, available: 4 });
      await world.provision.settled;
      expect(versions.map((version) => world.admission.openSlots(version).alive)).toEqual([3, 1]);

      world.close();
      world.check();
      while (world.busy.length > 0) world.leave(0, undefined);
      expect(world.pool.size).toBe(0);
      expect(world.admission.limitOf('orders')).toBe(account);
    }),
    { numRuns: 150 },
  );
});
