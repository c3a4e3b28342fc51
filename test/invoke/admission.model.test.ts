import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ThrottledError } from '../../src/core/errors.ts';
import { Events } from '../../src/core/events.ts';
import { AwsRuleError } from '../../src/functions/aws-rule-error.ts';
import { Admission, type Lease } from '../../src/invoke/admission.ts';
import type { Environment } from '../../src/invoke/environment.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { ConcurrencyModel, type Decision } from './concurrency-model.ts';

const names = ['a', 'b'];
const qualifiers = ['1', '2', 'live'];
const account = 115;

/** Versions are told apart by what object they are. */
const versions = new Map<string, { readonly functionName: string }>(
  names.flatMap((functionName) =>
    ['$LATEST', '1', '2'].map(
      (version) => [`${functionName}:${version}`, { functionName }] as const,
    ),
  ),
);

/** What is decided, next to the model that decides the same. */
class World {
  readonly clock: VirtualClock;
  readonly admission: Admission;
  readonly model: ConcurrencyModel;
  readonly leases: { readonly id: number; readonly lease: Lease }[] = [];
  #lastId = 0;

  constructor(rateLimits: 'aws' | 'none') {
    this.clock = new VirtualClock(0);
    const events = new Events();
    this.admission = new Admission({ concurrency: account, rateLimits, events, clock: this.clock });
    this.model = new ConcurrencyModel(account, rateLimits === 'aws');
  }

  putReserved(name: string, reserved: number | null): void {
    const said = textOf(() => {
      this.admission.claimReserved(name, reserved)();
      this.admission.reserve(name, reserved);
    });
    expect(said).toBe(this.model.putReserved(name, reserved));
  }

  putProvisioned(name: string, qualifier: string, count: number): void {
    const said = textOf(() => {
      this.admission.claimProvisioned(name, qualifier, count)();
      this.admission.provision(name, qualifier, count);
    });
    expect(said).toBe(this.model.putProvisioned(name, qualifier, count));
  }

  deleteProvisioned(name: string, qualifier: string): void {
    this.admission.provision(name, qualifier, 0);
    this.model.deleteProvisioned(name, qualifier);
  }

  /** An environment is initialised, if its function may have one more. */
  place(version: string): void {
    const record = recordOf(version);
    const { functionName } = record;
    if (this.model.allocatedOf(functionName) >= this.model.provisionedOf(functionName)) return;
    const slots = this.admission.openSlots(record);
    slots.alive += 1;
    slots.idle.push({} as Environment);
    this.admission.allocate(functionName, 1);
    const environment = { version, functionName, isBusy: false };
    this.model.environments = [...this.model.environments, environment];
  }

  /** A free environment ends. */
  lose(version: string): void {
    const free = this.model.environments.find((each) => each.version === version && !each.isBusy);
    if (free === undefined) return;
    const record = recordOf(version);
    const slots = this.admission.openSlots(record);
    slots.idle.pop();
    slots.alive -= 1;
    this.admission.allocate(record.functionName, -1);
    if (slots.alive === 0) this.admission.closeSlots(record);
    this.model.environments = this.model.environments.filter((each) => each !== free);
  }

  acquire(version: string, isForcedCold: boolean, isQueued: boolean, needsNew: boolean): void {
    this.#lastId += 1;
    const id = this.#lastId;
    const record = recordOf(version);
    const { functionName } = record;
    let lease: Lease | undefined;
    const decided = decisionOf(() => {
      lease = this.admission.acquire(record, { isForcedCold, isQueued });
      if (lease.kind === 'provisioned') lease.idle.pop();
      return lease.kind;
    });
    const asked = { functionName, version, isForcedCold, isQueued };
    expect(decided).toEqual(this.model.acquire(id, asked));
    const granted = lease;
    if (granted === undefined) return;
    if (needsNew && granted.kind === 'on-demand') {
      const started = decisionOf(() => {
        this.admission.scaleOut(granted, undefined);
        return 'on-demand';
      });
      expect(started).toEqual(this.model.start(id));
      if (started.kind === 'throttled') return;
    }
    this.leases.push({ id, lease: granted });
  }

  release(pick: number): void {
    const [held] = this.leases.splice(pick % Math.max(this.leases.length, 1), 1);
    if (held === undefined) return;
    if (held.lease.kind === 'provisioned') held.lease.idle.push({} as Environment);
    this.admission.release(held.lease);
    this.model.release(held.id);
  }

  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms);
    this.model.nowMs += ms;
  }

  check(): void {
    expect(this.admission.unreserved).toBe(this.model.unreserved());
    expect(this.admission.running).toBe(this.model.runs.length);
    for (const name of names) {
      const reserved = this.model.reservedOf(name);
      const shared = this.model.unreserved() + this.model.allocatedOf(name);
      expect(this.admission.limitOf(name)).toBe(reserved ?? shared);
    }
  }
}

function recordOf(version: string): { readonly functionName: string } {
  const record = versions.get(version);
  if (record === undefined) throw new Error(`no version ${version}`);
  return record;
}

function textOf(put: () => void): string | undefined {
  try {
    put();
    return undefined;
  } catch (error) {
    if (error instanceof AwsRuleError) return error.awsMessage;
    throw error;
  }
}

function decisionOf(decide: () => 'provisioned' | 'on-demand'): Decision {
  try {
    return { kind: decide() };
  } catch (error) {
    if (!(error instanceof ThrottledError)) throw error;
    return { kind: 'throttled', reason: error.reason, limit: error.limit };
  }
}

interface Step {
  readonly name: string;
  run(world: World): void | Promise<void>;
}

const name = fc.constantFrom(...names);
const version = fc.constantFrom(...versions.keys());
const published = fc.constantFrom(
  ...[...versions.keys()].filter((key) => !key.endsWith('$LATEST')),
);
const qualifier = fc.constantFrom(...qualifiers);
const often = fc.constantFrom(1, 3, 12, 120);

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(name, fc.option(fc.integer({ min: 0, max: 18 }))).map(([of, reserved]) => ({
    name: `reserve ${reserved} for ${of}`,
    run: (world: World) => world.putReserved(of, reserved),
  })),
  fc.tuple(name, qualifier, fc.integer({ min: 1, max: 140 })).map(([of, to, given]) => {
    // Mostly numbers that fit.
    const count = given > 125 ? given : 1 + (given % 7);
    return {
      name: `provision ${count} for ${of}:${to}`,
      run: (world: World) => world.putProvisioned(of, to, count),
    };
  }),
  fc.tuple(name, qualifier).map(([of, to]) => ({
    name: `unprovision ${of}:${to}`,
    run: (world: World) => world.deleteProvisioned(of, to),
  })),
  fc.tuple(published, often).map(([of, times]) => ({
    name: `${times} environments for ${of}`,
    run: (world: World) => repeat(times, () => world.place(of)),
  })),
  fc.tuple(published, often).map(([of, times]) => ({
    name: `${times} environments of ${of} end`,
    run: (world: World) => repeat(times, () => world.lose(of)),
  })),
  fc.tuple(name, often).map(([of, times]) => ({
    name: `an alias of ${of} moves from 1 to 2, ${times} times`,
    run: (world: World) =>
      repeat(times, () => {
        world.lose(`${of}:1`);
        world.place(`${of}:2`);
      }),
  })),
  fc
    .tuple(version, often, fc.boolean(), fc.boolean(), fc.boolean())
    .map(([of, times, isForcedCold, isQueued, needsNew]) => ({
      name: `${times} ${isQueued ? 'events' : 'calls'} for ${of}${isForcedCold ? ', cold' : ''}`,
      run: (world: World) =>
        repeat(times, () => world.acquire(of, isForcedCold, isQueued, needsNew || isForcedCold)),
    })),
  fc.tuple(fc.nat(), often).map(([pick, times]) => ({
    name: `${times} end`,
    run: (world: World) => repeat(times, () => world.release(pick)),
  })),
  fc.constantFrom(1, 10, 999, 10_000).map((ms) => ({
    name: `advance ${ms} ms`,
    run: (world: World) => world.advance(ms),
  })),
);

function repeat(times: number, act: () => void): void {
  for (let count = 0; count < times; count += 1) act();
}

const named = (each: Step): Step & { [fc.toStringMethod](): string } =>
  Object.assign(each, { [fc.toStringMethod]: () => each.name });

describe('admission decides as a plain model of AWS decides', () => {
  test.each(['none', 'aws'] as const)('with rate limits: %s', async (rateLimits) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step.map(named), { maxLength: 60, size: 'max' }), async (steps) => {
        const world = new World(rateLimits);
        for (const each of steps) {
          await each.run(world);
          world.check();
        }
        while (world.leases.length > 0) world.release(0);
        world.check();
        expect(world.admission.running).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  test('also where a second is full and environments are made too fast', async () => {
    const call = fc.record({ of: version, times: fc.integer({ min: 200, max: 500 }) });
    const wait = fc.constantFrom(0, 0, 0, 400, 1_000);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(call, wait), { maxLength: 12 }), async (rounds) => {
        const world = new World('aws');
        world.putReserved('b', 20);
        world.putProvisioned('a', '1', 5);
        repeat(5, () => world.place('a:1'));
        for (const [{ of, times }, waitMs] of rounds) {
          repeat(times, () => {
            world.acquire(of, false, false, true);
            world.release(0);
          });
          await world.advance(waitMs);
        }
        world.check();
      }),
      { numRuns: 10 },
    );
  });
});
