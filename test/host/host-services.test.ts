import { describe, expect, test } from 'vitest';
import { HostServices, type OperationOutcome } from '../../src/host/host-services.ts';
import { ServiceError, type Service } from '../../src/host/service.ts';

function servicesWith(service: Service, bytes = 100): HostServices {
  return new HostServices(() => [service], { bytes });
}

/** Starts an operation and waits for what it comes to. */
function outcomeOf(
  services: HostServices,
  name: string,
  bytes?: Uint8Array,
): Promise<OperationOutcome> {
  const { promise, resolve } = Promise.withResolvers<OperationOutcome>();
  services.start(name, '', bytes, resolve);
  return promise;
}

describe('a blocking question', () => {
  const services = servicesWith({
    calls: {
      text: (text) => `<${text}>`,
      bytes: () => new Uint8Array([1, 2]),
      refuse: () => {
        throw new ServiceError('ENOENT', 'no such file', { fields: { errno: -2, path: '/x' } });
      },
      fail: () => {
        throw new Error('secret: /home/host');
      },
    },
  });

  test('is answered with text, behind a mark', () => {
    expect(services.call('text', 'a b', undefined)).toBe('=<a b>');
  });

  test('is answered with bytes', () => {
    expect(services.call('bytes', '', undefined)).toEqual(new Uint8Array([1, 2]));
  });

  test('that is refused tells everything that the service meant to tell', () => {
    const answer = String(services.call('refuse', '', undefined));
    expect(answer[0]).toBe('!');
    expect(JSON.parse(answer.slice(1))).toEqual({
      errno: -2,
      path: '/x',
      name: 'Error',
      message: 'no such file',
      code: 'ENOENT',
    });
  });

  test('on which the host fails tells nothing of the host', () => {
    const answer = String(services.call('fail', '', undefined));
    expect(answer).not.toContain('secret');
    expect(answer).toContain('ERR_INTERNAL');
  });

  test.each(['nothing', 'toString', '__proto__', 'constructor', ''])(
    'for a service named "%s" is refused',
    (name) => {
      expect(services.call(name, '', undefined)).toContain('ERR_UNKNOWN_SERVICE');
    },
  );
});

describe('an operation', () => {
  test('is answered later', async () => {
    const services = servicesWith({ operations: { echo: async (_text, bytes) => bytes } });
    const outcome = await outcomeOf(services, 'echo', new Uint8Array([7]));
    expect(outcome).toEqual({ failed: false, answer: new Uint8Array([7]) });
    expect(services.running).toBe(0);
  });

  test('that is cancelled sees its signal, and its answer fills nothing', async () => {
    const started = Promise.withResolvers<AbortSignal>();
    const finished = Promise.withResolvers<void>();
    const services = servicesWith({
      operations: {
        wait: async (_text, _bytes, signal) => {
          started.resolve(signal);
          await finished.promise;
          return new Uint8Array(100);
        },
        give: async () => new Uint8Array(100),
      },
    });
    const task = services.start('wait', '', undefined, () => {});
    const signal = await started.promise;
    task.cancel();
    expect(signal.aborted).toBe(true);
    finished.resolve();
    await new Promise((done) => setImmediate(done));
    expect(services.running).toBe(0);
    expect((await outcomeOf(services, 'give')).failed).toBe(false);
  });

  test('whose bytes go over the budget is refused, and the rest goes on', async () => {
    const services = servicesWith({ operations: { take: async () => undefined } });
    const outcome = await outcomeOf(services, 'take', new Uint8Array(101));
    expect(outcome.failed).toBe(true);
    expect(outcome.answer).toContain('100 bytes');
    expect((await outcomeOf(services, 'take', new Uint8Array(100))).failed).toBe(false);
  });

  test('whose answers nobody takes fills the budget until they are forgotten', async () => {
    const services = servicesWith({ operations: { give: async () => new Uint8Array(60) } });
    const first = Promise.withResolvers<OperationOutcome>();
    const task = services.start('give', '', undefined, first.resolve);
    expect((await first.promise).failed).toBe(false);
    expect((await outcomeOf(services, 'give')).failed).toBe(true);
    task.forget();
    expect((await outcomeOf(services, 'give')).failed).toBe(false);
  });

  test('is aborted when the environment ends, and none starts after', async () => {
    const closed: string[] = [];
    const started = Promise.withResolvers<AbortSignal>();
    const services = servicesWith({
      operations: {
        wait: (_text, _bytes, signal) => {
          started.resolve(signal);
          return new Promise(() => {});
        },
      },
      close: () => void closed.push('closed'),
    });
    services.start('wait', '', undefined, () => {});
    const signal = await started.promise;
    services.close();
    services.close();
    expect(signal.aborted).toBe(true);
    expect(closed).toEqual(['closed']);
    expect(services.call('x', '', undefined)).toContain('ERR_CLOSED');
  });

  test('whose text goes over the budget is refused: it is kept as long as the operation runs', async () => {
    const services = servicesWith({ operations: { take: () => new Promise(() => {}) } });
    const outcome = Promise.withResolvers<OperationOutcome>();
    services.start('take', 'x'.repeat(60), undefined, () => {});
    services.start('take', 'x'.repeat(60), undefined, outcome.resolve);
    expect((await outcome.promise).failed).toBe(true);
  });

  test('that fails with a long text fills the budget until that is forgotten', async () => {
    const services = servicesWith({
      operations: {
        refuse: async () => {
          throw new ServiceError('ENOENT', 'x'.repeat(40));
        },
        give: async () => new Uint8Array(60),
      },
    });
    const first = Promise.withResolvers<OperationOutcome>();
    const task = services.start('refuse', '', undefined, first.resolve);
    expect((await first.promise).answer).toContain('ENOENT');
    expect((await outcomeOf(services, 'give')).answer).toContain('100 bytes');
    task.forget();
    expect((await outcomeOf(services, 'give')).failed).toBe(false);
  });

  test('is refused while too many are at work that the guest gave up', async () => {
    let started = 0;
    const services = servicesWith({
      operations: {
        wait: () => {
          started += 1;
          return new Promise(() => {});
        },
      },
    });
    for (let count = 0; count < 30_000; count += 1) {
      services.start('wait', '', undefined, () => {}).cancel();
    }
    expect(started).toBe(20_000);
    expect((await outcomeOf(services, 'wait')).answer).toContain('Too many operations');
  });
});
