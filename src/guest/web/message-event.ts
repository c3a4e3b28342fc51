import { Event } from './event.ts';
import { requireArguments } from './internal/errors.ts';
import { defineInterface } from './internal/interfaces.ts';
import { domString, usvString } from './internal/conversions.ts';

interface MessageEventInit {
  readonly data?: unknown;
  readonly origin?: unknown;
  readonly lastEventId?: unknown;
  readonly source?: object | null;
  readonly ports?: Iterable<object>;
}

/** https://html.spec.whatwg.org/multipage/comms.html#messageevent */
export class MessageEvent extends Event {
  #data: unknown;
  #origin: string;
  #lastEventId: string;
  #source: object | null;
  #ports: readonly object[];

  constructor(type: unknown, init: MessageEventInit | null = {}) {
    requireArguments(arguments.length, 'type');
    super(type, init);
    const { data = null, origin = '', lastEventId = '', source = null, ports = [] } = init ?? {};
    this.#data = data;
    this.#origin = usvString(origin);
    this.#lastEventId = domString(lastEventId);
    this.#source = source;
    this.#ports = Object.freeze([...ports]);
  }

  get data(): unknown {
    return this.#data;
  }
  get origin(): string {
    return this.#origin;
  }
  get lastEventId(): string {
    return this.#lastEventId;
  }
  get source(): object | null {
    return this.#source;
  }
  get ports(): readonly object[] {
    return this.#ports;
  }

  initMessageEvent(
    type: unknown,
    bubbles: unknown = false,
    cancelable: unknown = false,
    data: unknown = null,
    origin: unknown = '',
    lastEventId: unknown = '',
    source: object | null = null,
    ports: Iterable<object> = [],
  ): void {
    requireArguments(arguments.length, 'type');
    this.initEvent(type, bubbles, cancelable);
    this.#data = data;
    this.#origin = domString(origin);
    this.#lastEventId = domString(lastEventId);
    this.#source = source;
    this.#ports = Object.freeze([...ports]);
  }
}

interface CloseEventInit {
  readonly wasClean?: unknown;
  readonly code?: unknown;
  readonly reason?: unknown;
}

/** https://websockets.spec.whatwg.org/#the-closeevent-interface */
export class CloseEvent extends Event {
  readonly #wasClean: boolean;
  readonly #code: number;
  readonly #reason: string;

  constructor(type: unknown, init: CloseEventInit | null = {}) {
    requireArguments(arguments.length, 'type');
    super(type, init);
    const { wasClean = false, code = 0, reason = '' } = init ?? {};
    this.#wasClean = Boolean(wasClean);
    this.#code = Number(code) & 0xffff;
    this.#reason = usvString(reason);
  }

  get wasClean(): boolean {
    return this.#wasClean;
  }
  get code(): number {
    return this.#code;
  }
  get reason(): string {
    return this.#reason;
  }
}

defineInterface(MessageEvent, 'MessageEvent', [
  'data',
  'origin',
  'lastEventId',
  'source',
  'ports',
  'initMessageEvent',
]);
defineInterface(CloseEvent, 'CloseEvent', ['wasClean', 'code', 'reason']);
