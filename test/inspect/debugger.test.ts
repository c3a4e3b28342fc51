import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { generatedPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { describe, expect, test as base } from 'vitest';
import { WebSocket } from 'ws';
import {
  InvalidOptionError,
  Lambda,
  type FunctionOptions,
  type LambdaFunction,
} from '../../src/index.ts';
import { CdpClient, listTargets, type Params, type Target } from './cdp-client.ts';

const doubleTs = new URL('../fixtures/handlers/double.ts', import.meta.url);

/** A `Lambda` whose debugger port and targets are known as they come. */
class Inspected {
  readonly lambda = new Lambda({ blanks: 0 });
  readonly #port = Promise.withResolvers<number>();
  readonly #targets: string[] = [];
  #onTarget: (() => void) | undefined;

  constructor() {
    this.lambda.on('inspector.listening', ({ port }) => this.#port.resolve(port));
    this.lambda.on('inspector.target', ({ webSocketUrl }) => {
      this.#targets.push(webSocketUrl);
      this.#onTarget?.();
    });
  }

  get port(): Promise<number> {
    return this.#port.promise;
  }

  /** Where the next environment that starts can be debugged. */
  async nextTarget(): Promise<string> {
    while (this.#targets.length === 0) {
      await new Promise<void>((resolve) => (this.#onTarget = resolve));
    }
    return this.#targets.shift() ?? '';
  }

  async targets(): Promise<Target[]> {
    return listTargets(await this.port);
  }

  /** A function that stops where it says `debugger`. */
  create(options: Partial<FunctionOptions> = {}): Promise<LambdaFunction> {
    const code = { source: 'exports.handler = async (event) => { debugger; return event; };' };
    return this.lambda.createFunction({ name: 'fn', code, inspect: { port: 0 }, ...options });
  }

  /** The same with an environment that has started, and where to debug that. */
  async createWarm(
    options: Partial<FunctionOptions> = {},
    event?: unknown,
  ): Promise<{ fn: LambdaFunction; url: string }> {
    const fn = await this.create(options);
    await fn.call(event);
    return { fn, url: await this.nextTarget() };
  }
}

const test = base.extend<{ inspected: Inspected }>({
  // oxlint-disable-next-line no-empty-pattern
  inspected: async ({}, use) => {
    const inspected = new Inspected();
    await use(inspected);
    await inspected.lambda.close({ drainMs: 0 });
  },
});

/** A debugger that is told of scripts and pauses. */
async function attach(url: string): Promise<CdpClient> {
  const client = await CdpClient.attach(url);
  await client.send('Runtime.enable');
  await client.send('Debugger.enable');
  return client;
}

function sourceMapOf(script: Params): TraceMap {
  const [, base64 = ''] = String(script.sourceMapURL).split(';base64,');
  return new TraceMap(Buffer.from(base64, 'base64').toString());
}

describe('a breakpoint in the TypeScript source', () => {
  test('stops the handler, shows its variables and lets it go on', async ({ inspected }) => {
    const fn = await inspected.create({
      name: 'double',
      code: { file: doubleTs },
      handler: 'double.handler',
      timeoutMs: 1_000,
    });
    await fn.call({ n: 1 });
    const client = await attach(await inspected.nextTarget());
    const script = await client.script(({ url }) => url === 'file:///var/task/double.js');
    const map = sourceMapOf(script);
    const line =
      readFileSync(doubleTs, 'utf8')
        .split('\n')
        .findIndex((text) => text.includes('return helper')) + 1;
    const generated = generatedPositionFor(map, { source: doubleTs.href, line, column: 2 });
    expect(map.sources).toContain(doubleTs.href);
    expect(map.sourcesContent?.[map.sources.indexOf(doubleTs.href)]).toContain('return helper');
    const { locations } = await client.send('Debugger.setBreakpointByUrl', {
      url: script.url,
      lineNumber: (generated.line ?? 0) - 1,
      columnNumber: generated.column,
    });
    expect(locations).toHaveLength(1);

    const running = fn.call({ n: 21 });
    const frame = await client.paused();
    const { result } = await client.send('Debugger.evaluateOnCallFrame', {
      callFrameId: frame.callFrameId,
      expression: 'e.n',
    });
    await client.send('Debugger.resume');

    expect(frame.functionName).toBe('handler');
    expect(result).toMatchObject({ type: 'number', value: 21 });
    expect(await running).toBe(42);
  });

  test('in module top level is reached when the environment waits for the debugger', async ({
    inspected,
  }) => {
    const fn = await inspected.create({
      code: { source: 'const top = 7; exports.handler = async () => top;' },
      inspect: { port: 0, waitForDebugger: true },
      initTimeoutMs: 50,
    });
    const running = fn.call();
    const client = await attach(await inspected.nextTarget());
    expect(await inspected.targets()).toMatchObject([{ title: 'fn[$LATEST]', type: 'node' }]);
    await client.send('Debugger.setBreakpointByUrl', {
      url: 'file:///var/task/index.js',
      lineNumber: 0,
      columnNumber: 15,
    });
    await client.send('Runtime.runIfWaitingForDebugger');
    const frame = await client.paused();
    const { result } = await client.send('Debugger.evaluateOnCallFrame', {
      callFrameId: frame.callFrameId,
      expression: '(top + 1) + __filename',
    });
    await client.send('Debugger.resume');

    expect(frame.location).toMatchObject({ lineNumber: 0, columnNumber: 15 });
    expect(result?.value).toBe('8/var/task/index.js');
    expect(await running).toBe(7);
  });

  test('stops in an ES module, its top level and its imports included', async ({ inspected }) => {
    const fn = await inspected.create({
      code: {
        format: 'module',
        source: `import process from 'node:process';
          debugger;
          await null;
          export const handler = async () => process.env.LAMBDA_TASK_ROOT;`,
      },
      inspect: { port: 0, waitForDebugger: true },
    });
    const running = fn.call();
    const client = await attach(await inspected.nextTarget());
    client.tell('Runtime.runIfWaitingForDebugger');
    const frame = await client.paused();
    await client.send('Debugger.resume');

    const { scriptId } = await client.script(({ url }) => url === 'file:///var/task/index.mjs');
    expect(frame.location).toMatchObject({ scriptId, lineNumber: 1 });
    expect(await running).toBe('/var/task');
  });

  test('before a script with a source map, editors may put theirs in', async ({ inspected }) => {
    const fn = await inspected.create({
      code: { file: doubleTs },
      handler: 'double.handler',
      inspect: { port: 0, waitForDebugger: true },
    });
    const running = fn.call({ n: 2 });
    const client = await attach(await inspected.nextTarget());
    await client.send('Debugger.setInstrumentationBreakpoint', {
      instrumentation: 'beforeScriptWithSourceMapExecution',
    });
    client.tell('Runtime.runIfWaitingForDebugger');
    const { reason, data } = await client.next('Debugger.paused');
    await client.send('Debugger.resume');

    expect({ reason, url: data?.url }).toEqual({
      reason: 'instrumentation',
      url: 'file:///var/task/double.js',
    });
    expect(await running).toBe(4);
  });
});

describe('while a debugger is attached', () => {
  test('no budget ends the invocation', async ({ inspected }) => {
    const { fn, url } = await inspected.createWarm({ timeoutMs: 40, cpuMs: 5 });
    const client = await attach(url);
    const running = fn.call('kept');
    await client.next('Debugger.paused');
    // Longer than both budgets; the debugger itself does the waiting.
    await client.send('Runtime.evaluate', {
      expression: 'const until = Date.now() + 100; while (Date.now() < until);',
    });
    await client.send('Debugger.resume');
    expect(await running).toBe('kept');
  });

  test('what the handler logs shows in its console', async ({ inspected }) => {
    const source = `exports.handler = async () => { console.warn('careful', { n: 1 }); };`;
    const fn = await inspected.create({ code: { source } });
    await fn.call();
    const client = await attach(await inspected.nextTarget());
    await fn.call();

    expect(await client.next('Runtime.consoleAPICalled')).toMatchObject({
      type: 'warning',
      args: [{ type: 'string', value: 'careful { n: 1 }' }],
    });
  });

  test('its console evaluates in the world of the handler', async ({ inspected }) => {
    const fn = await inspected.create({
      code: { source: 'globalThis.secret = 41; exports.handler = async () => globalThis.secret;' },
    });
    await fn.call();
    const client = await attach(await inspected.nextTarget());
    await client.send('Runtime.evaluate', { expression: 'secret += 1' });

    expect(await fn.call()).toBe(42);
  });

  test('a second debugger is refused', async ({ inspected }) => {
    const fn = await inspected.create({ code: { source: 'exports.handler = async () => 1;' } });
    await fn.call();
    const url = await inspected.nextTarget();
    await using client = await attach(url);

    await expect(CdpClient.attach(url)).rejects.toThrow('409');
    expect(await client.send('Runtime.evaluate', { expression: '1 + 1' })).toMatchObject({
      result: { value: 2 },
    });
  });

  test('an update lets the old environment finish, then its debugger goes', async ({
    inspected,
  }) => {
    const { fn, url } = await inspected.createWarm();
    const client = await attach(url);
    const running = fn.call('old');
    await client.next('Debugger.paused');
    await fn.update({ code: { source: "exports.handler = async () => 'new';" } });
    const after = fn.call('ignored');
    expect(await after).toBe('new');
    expect(await inspected.targets()).toHaveLength(2);
    await client.send('Debugger.resume');

    expect(await running).toBe('old');
    expect(await client.closed).toBe(1_001);
    expect(await inspected.targets()).toHaveLength(1);
  });
});

describe('when a debugger leaves', () => {
  test('the handler that it paused goes on, without its breakpoints', async ({ inspected }) => {
    const { fn, url } = await inspected.createWarm();
    const client = await attach(url);
    const running = fn.call('first');
    await client.next('Debugger.paused');
    await client[Symbol.asyncDispose]();

    expect(await running).toBe('first');
    expect(await fn.call('second')).toBe('second');
  });

  test('the next one finds a fresh target', async ({ inspected }) => {
    const { fn, url } = await inspected.createWarm();
    const first = await attach(url);
    const running = fn.call(1);
    await first.next('Debugger.paused');
    await first[Symbol.asyncDispose]();
    await running;
    const second = await attach(url);
    const script = await second.script((parsed) => parsed.url?.endsWith('/index.js') === true);
    const again = fn.call(2);
    await second.next('Debugger.paused');
    const { scriptSource } = await second.send('Debugger.getScriptSource', {
      scriptId: script.scriptId,
    });
    await second.send('Debugger.resume');

    expect(scriptSource).toBe('exports.handler = async (event) => { debugger; return event; };');
    expect(await again).toBe(2);
  });

  test('the time of the invocation counts again', async ({ inspected }) => {
    const fn = await inspected.create({
      code: { source: 'exports.handler = () => { for (;;); };' },
      timeoutMs: 300,
    });
    const running = fn.invoke();
    const client = await attach(await inspected.nextTarget());
    await client.send('Debugger.pause');
    await client.next('Debugger.paused');
    await client[Symbol.asyncDispose]();

    expect(await running).toMatchObject({
      status: 'error',
      error: { errorType: 'Sandbox.Timedout' },
    });
    expect(await inspected.targets()).toEqual([]);
  });
});

describe('without a debugger', () => {
  test('an endless loop ends in time', async ({ inspected }) => {
    const fn = await inspected.create({
      code: { source: 'exports.handler = () => { for (;;); };' },
      timeoutMs: 100,
    });
    expect(await fn.invoke()).toMatchObject({
      status: 'error',
      error: { errorType: 'Sandbox.Timedout' },
    });
  });

  test('memory has its limit, and the process lives on', async ({ inspected }) => {
    const source =
      'const kept = []; exports.handler = async (n) => { while (n) kept.push({ n }); };';
    const fn = await inspected.create({ code: { source }, memoryMb: 32, timeoutMs: 20_000 });

    expect(await fn.invoke(1)).toMatchObject({
      status: 'error',
      error: { errorType: 'Runtime.OutOfMemory' },
    });
    expect(await fn.invoke(0)).toMatchObject({ status: 'ok' });
  });

  test('process.exit ends the environment, and the next one starts', async ({ inspected }) => {
    const source = 'exports.handler = async (n) => { if (n) process.exit(n); return n; };';
    const fn = await inspected.create({ code: { source } });

    expect(await fn.invoke(3)).toMatchObject({
      status: 'error',
      error: { errorType: 'Runtime.ExitError' },
    });
    expect(await fn.call(0)).toBe(0);
  });

  test('errors of the handler and of its top level are reported as always', async ({
    inspected,
  }) => {
    const fn = await inspected.create({
      code: { file: doubleTs },
      handler: 'double.handler',
    });
    const outcome = await fn.invoke({ n: -1 });
    expect(outcome).toMatchObject({
      error: {
        errorType: 'RangeError',
        trace: ['RangeError: negative', expect.stringMatching(/\/var\/task\/double\.ts:4:22\)$/)],
      },
    });
    await fn.update({ code: { source: "throw new TypeError('top');" }, handler: 'index.handler' });
    expect(await fn.invoke()).toMatchObject({ error: { errorType: 'TypeError' } });
  });
});

describe('the endpoint', () => {
  const get = async (port: number, path: string, host: string): Promise<[number, string]> => {
    const { promise, resolve, reject } = Promise.withResolvers<[number, string]>();
    request({ host: '127.0.0.1', port, path, headers: { host } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve([response.statusCode ?? 0, text]));
    })
      .on('error', reject)
      .end();
    return promise;
  };

  test.for(['localhost', 'localhost:9229', '127.0.0.1', '[::1]:9229'])(
    'answers to the Host header %s',
    async (host, { inspected }) => {
      await inspected.create();
      const [status, text] = await get(await inspected.port, '/json/version', host);

      expect(status).toBe(200);
      expect(JSON.parse(text)).toEqual({
        Browser: `node.js/${process.version}`,
        'Protocol-Version': '1.1',
      });
    },
  );

  test.for(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'localhost:1:2'])(
    'refuses the Host header "%s", which a rebound name would send',
    async (host, { inspected }) => {
      const fn = await inspected.create({ code: { source: 'exports.handler = async () => 1;' } });
      await fn.call();
      const url = await inspected.nextTarget();

      expect((await get(await inspected.port, '/json/list', host))[0]).toBe(400);
      await expect(CdpClient.attach(url, { host })).rejects.toThrow('400');
    },
  );

  test('knows no target by a guessed name', async ({ inspected }) => {
    await inspected.create();
    const socket = new WebSocket(`ws://127.0.0.1:${await inspected.port}/fn`);
    const { promise, resolve } = Promise.withResolvers<Error>();
    socket.once('error', resolve);

    expect((await promise).message).toContain('404');
  });

  test('lists every environment of the functions that share it', async ({ inspected }) => {
    const code = { source: 'exports.handler = async () => 1;' };
    const a = await inspected.create({ name: 'a', code });
    const b = await inspected.create({ name: 'b', code });
    await a.call();
    await b.call();
    const titles = (await inspected.targets()).map(({ title }) => title);

    expect(titles.sort()).toEqual(['a[$LATEST]', 'b[$LATEST]']);
  });

  test('closes when no function needs it any more', async ({ inspected }) => {
    const fn = await inspected.create({ code: { source: 'exports.handler = async () => 1;' } });
    const port = await inspected.port;
    await fn.call();
    await fn.update({ inspect: false });
    await fn.call();

    await expect(listTargets(port)).rejects.toThrow('fetch failed');
  });

  test('a port that is taken is named when the function is created', async ({ inspected }) => {
    await inspected.create();
    const port = await inspected.port;
    await using other = new Lambda({ blanks: 0 });
    const code = { source: 'exports.handler = async () => 1;' };

    await expect(other.createFunction({ name: 'other', code, inspect: { port } })).rejects.toThrow(
      `got "127.0.0.1:${port}". Listening failed with EADDRINUSE`,
    );
    expect(other.listFunctions()).toEqual([]);
  });

  test('an update to a port that is taken leaves the function, and its own port, as they were', async ({
    inspected,
  }) => {
    await inspected.create();
    const taken = await inspected.port;
    await using other = new Lambda({ blanks: 0 });
    const listening = Promise.withResolvers<number>();
    other.on('inspector.listening', ({ port }) => listening.resolve(port));
    const code = { source: 'exports.handler = async () => 1;' };
    const fn = await other.createFunction({ name: 'other', code, inspect: { port: 0 } });
    const before = fn.latest;

    const moving = fn.update({ memoryMb: 256, inspect: { port: taken } });
    await expect(moving).rejects.toThrow('EADDRINUSE');
    expect(fn.latest).toEqual(before);
    await fn.call();
    const titles = (await listTargets(await listening.promise)).map(({ title }) => title);
    expect(titles).toEqual(['other[$LATEST]']);
  });

  test('anything that is no message gets an error, and the debugger stays', async ({
    inspected,
  }) => {
    const fn = await inspected.create({ code: { source: 'exports.handler = async () => 1;' } });
    await fn.call();
    const socket = new WebSocket(await inspected.nextTarget());
    await new Promise((resolve) => socket.once('open', resolve));
    for (const text of ['', 'nonsense', '[]', '{"id":"1"}', '{"id":1.5,"method":"x"}']) {
      const answered = new Promise<string>((resolve) =>
        socket.once('message', (data: Buffer) => resolve(data.toString())),
      );
      socket.send(text);
      expect(await answered).toContain('-32600');
    }
    const answered = new Promise<string>((resolve) =>
      socket.once('message', (data: Buffer) => resolve(data.toString())),
    );
    socket.send('{"id":7,"method":"Runtime.getIsolateId"}');
    expect(await answered).toMatch(/^\{"id":7,"result"/);
    socket.close();
  });
});

describe('the option', () => {
  const code = { source: 'exports.handler = async () => 1;' };
  test.for<[unknown, string]>([
    [{ inspect: true, isolation: 'inline' }, 'inspect'],
    [{ inspect: 'yes' }, 'inspect'],
    [{ inspect: { prot: 1 } }, 'inspect'],
    [{ inspect: { port: 70_000 } }, 'inspect.port'],
    [{ inspect: { host: '0.0.0.0' } }, 'inspect.host'],
    [{ inspect: { host: '10.0.0.1' } }, 'inspect.host'],
    [{ inspect: { host: '127.0.0.1.evil.example' } }, 'inspect.host'],
    [{ inspect: { waitForDebugger: 1 } }, 'inspect.waitForDebugger'],
  ])('%j is refused by name', async ([options, option], { inspected }) => {
    const refused = inspected.lambda.createFunction({
      name: 'fn',
      code,
      ...(options as Partial<FunctionOptions>),
    });
    await expect(refused).rejects.toThrow(InvalidOptionError);
    await expect(refused).rejects.toMatchObject({ option });
  });

  test('an inspected function cannot become inline', async ({ inspected }) => {
    const fn = await inspected.create();
    await expect(fn.update({ isolation: 'inline' })).rejects.toThrow(/inspect.*inline/);
  });
});
