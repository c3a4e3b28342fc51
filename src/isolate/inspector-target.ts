import type { InspectClient, InspectConnection, InspectTarget } from '../inspect/target.ts';
import type { LogRecord } from '../invoke/executor.ts';
import { setRealTimer, type RealTimer } from '../core/clock.ts';
import type { InspectorChannel } from './inspector-channel.ts';
import type { InspectorScripts } from './inspector-scripts.ts';

/** One message of the protocol, as far as it is looked at. */
interface Message {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: Record<string, unknown>;
}

/** A request of the debugger that V8 has not answered yet. */
interface Pending {
  readonly id: number;
  readonly method: string;
  readonly scriptId: unknown;
}

/** isolated-vm makes a context of its own in every isolate; nothing runs there. */
const emptyContextName = 'default';

/** While the guest is paused, V8's wake-up may get lost (native-notes/inspector.md). */
const firstNudgeMs = 20;
const longestNudgeMs = 1_000;

const consoleTypes: Record<LogRecord['level'], string> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'log',
  WARN: 'warning',
  ERROR: 'error',
  FATAL: 'error',
};

export interface InspectorTargetOptions {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  readonly channel: InspectorChannel;
  readonly scripts: InspectorScripts;
  /** A debugger attached or left. */
  readonly onChange: () => void;
  /** A debugger said that it is ready. */
  readonly onReady: () => void;
}

/**
 * One environment as a debugger sees it. Passes messages on in both directions; what is about scripts and
 * contexts is put into the user's words on its way.
 */
export class InspectorTarget implements InspectTarget {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  /** A debugger must say that it is ready before user code runs. */
  isWaiting = false;
  readonly #options: InspectorTargetOptions;
  readonly #pending = new Map<number, Pending>();
  #client: InspectClient | undefined;
  /** The debugger before this one has to be forgotten first. */
  #resetting: Promise<void> = Promise.resolve();
  #isListening = false;
  #isPaused = false;
  #hearsConsole = false;
  #emptyContextId: unknown;
  #contextId: unknown;
  #nudger: RealTimer | undefined;

  constructor(options: InspectorTargetOptions) {
    this.id = options.id;
    this.title = options.title;
    this.url = options.url;
    this.#options = options;
  }

  get state(): InspectTarget['state'] {
    if (this.#client !== undefined) return 'attached';
    return this.isWaiting ? 'waiting' : 'free';
  }

  attach(client: InspectClient): InspectConnection | undefined {
    if (this.#client !== undefined) return undefined;
    this.#client = client;
    const opened = this.#resetting.then(() => this.#open(client));
    this.#options.onChange();
    return {
      receive: (text) => void opened.then(() => this.#receive(client, text)),
      detach: () => this.#detach(client),
    };
  }

  /** What the guest logs shows in the debugger's console too. */
  log({ level, body, atMs }: LogRecord, isJson: boolean): void {
    if (!this.#hearsConsole || this.#contextId === undefined) return;
    const value = isJson ? `{${body}}` : body;
    this.#tell('Runtime.consoleAPICalled', {
      type: consoleTypes[level],
      args: [{ type: 'string', value }],
      executionContextId: this.#contextId,
      timestamp: atMs,
    });
  }

  /** The environment ended. */
  close(): void {
    const { channel } = this.#options;
    this.#nudger?.cancel();
    // The answer to what ended it, a last `resume` for example, may be on its way.
    channel.afterArrived(() => {
      channel.listen(undefined);
      const client = this.#client;
      this.#client = undefined;
      client?.close();
    });
  }

  #open(client: InspectClient): void {
    if (this.#client !== client) return;
    this.#isListening = true;
    this.#options.channel.listen({
      onResponse: (id, json) => this.#onResponse(id, json),
      onNotification: (json) => this.#onNotification(json),
    });
  }

  #detach(client: InspectClient): void {
    if (this.#client !== client) return;
    const { channel, onChange } = this.#options;
    this.#client = undefined;
    this.#pending.clear();
    this.#hearsConsole = false;
    this.#isPaused = false;
    if (this.#isListening) {
      this.#isListening = false;
      channel.listen(undefined);
      this.#resetting = channel.reset();
    }
    onChange();
  }

  #receive(client: InspectClient, text: string): void {
    if (this.#client !== client) return;
    const message = parse(text);
    const { id, method } = message;
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || typeof method !== 'string') {
      this.#client.send(
        '{"error":{"code":-32600,"message":"Expected an integer id and a method"}}',
      );
      return;
    }
    const params = this.#translated(method, message.params ?? {});
    const sentAs = this.#options.channel.forward({ ...message, params });
    this.#pending.set(sentAs, { id, method, scriptId: params['scriptId'] });
    if (this.#isPaused) this.#nudgeLater(firstNudgeMs);
  }

  #translated(method: string, params: Record<string, unknown>): Record<string, unknown> {
    if (method === 'Debugger.setScriptSource' && typeof params['scriptSource'] === 'string') {
      const { scripts } = this.#options;
      return {
        ...params,
        scriptSource: scripts.edited(params['scriptId'], params['scriptSource']),
      };
    }
    const asksContext = method === 'Runtime.evaluate' || method === 'Runtime.compileScript';
    if (asksContext && this.#contextId !== undefined) {
      const { contextId, uniqueContextId } = params;
      // isolated-vm names no default context to V8, and its own one is empty.
      const isOurs = contextId === undefined || contextId === this.#emptyContextId;
      if (isOurs && uniqueContextId === undefined) return { ...params, contextId: this.#contextId };
    }
    return params;
  }

  #onResponse(sentAs: number, json: string): void {
    const pending = this.#pending.get(sentAs);
    if (pending === undefined) return;
    this.#pending.delete(sentAs);
    const { id, method, scriptId } = pending;
    if (method === 'Runtime.enable') this.#hearsConsole = true;
    if (method === 'Runtime.disable') this.#hearsConsole = false;
    if (method === 'Debugger.getScriptSource') {
      const answer = JSON.parse(json) as { result?: { scriptSource?: string } };
      const { result } = answer;
      if (result?.scriptSource !== undefined) {
        result.scriptSource = this.#options.scripts.shown(scriptId, result.scriptSource);
      }
      this.#client?.send(JSON.stringify({ ...answer, id }));
    } else {
      this.#client?.send(json.replace(/^\{"id":\d+/, `{"id":${id}`));
    }
    // V8 has worked off what came before, breakpoints for example.
    if (method === 'Runtime.runIfWaitingForDebugger') this.#options.onReady();
  }

  #onNotification(json: string): void {
    const method = /^\{"method":"([\w.]+)"/.exec(json)?.[1];
    switch (method) {
      case 'Debugger.paused':
        this.#isPaused = true;
        break;
      case 'Debugger.resumed':
        this.#isPaused = false;
        break;
      case 'Debugger.scriptParsed':
      case 'Debugger.scriptFailedToParse': {
        const { params } = JSON.parse(json) as { params: ScriptParams };
        this.#tell(method, this.#inOurContext(this.#options.scripts.parsed(params)));
        return;
      }
      case 'Runtime.executionContextCreated': {
        const { params } = JSON.parse(json) as { params: { context: Context } };
        this.#contextCreated(params.context);
        return;
      }
      default:
    }
    this.#client?.send(json);
  }

  #contextCreated(context: Context): void {
    if (context.name === emptyContextName) {
      this.#emptyContextId = context.id;
      return;
    }
    this.#contextId = context.id;
    const named = { ...context, name: this.title, auxData: { isDefault: true } };
    this.#tell('Runtime.executionContextCreated', { context: named });
  }

  /** What the host compiles belongs to the empty context until it runs. */
  #inOurContext(script: ScriptParams): ScriptParams {
    if (script.executionContextId !== this.#emptyContextId) return script;
    return { ...script, executionContextId: this.#contextId };
  }

  #tell(method: string, params: object): void {
    this.#client?.send(JSON.stringify({ method, params }));
  }

  #nudgeLater(delayMs: number): void {
    if (this.#nudger !== undefined) return;
    this.#nudger = setRealTimer(() => {
      this.#nudger = undefined;
      if (!this.#isPaused || this.#pending.size === 0) return;
      this.#options.channel.nudge();
      this.#nudgeLater(Math.min(delayMs * 2, longestNudgeMs));
    }, delayMs);
    this.#nudger.unref();
  }
}

interface Context {
  readonly id: number;
  readonly name: string;
}

interface ScriptParams {
  readonly scriptId: string;
  readonly url: string;
  readonly startColumn: number;
  readonly executionContextId?: unknown;
}

function parse(text: string): Message {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
