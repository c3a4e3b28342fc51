import { describe, expect, test } from 'vitest';
import { Lambda } from '../../src/index.ts';
import { inGuest, inNode, type Case } from './same-as-node.ts';

const cases: readonly Case[] = [
  ['the shape of Event', 'return Object.getOwnPropertyNames(Event.prototype).sort()'],
  [
    'what for…in shows of an event',
    'const keys = []; for (const k in new Event("a")) keys.push(k); return keys.sort()',
  ],
  [
    'fields of a new event',
    'const e = new Event("a", { cancelable: true }); return [e.type, e.bubbles, e.cancelable, e.composed, e.target, e.eventPhase, e.isTrusted, e.returnValue]',
  ],
  ['constants', 'return [Event.NONE, Event.AT_TARGET, Object.keys(Event)]'],
  [
    'string tags',
    'return [new Event("a"), new EventTarget(), new CustomEvent("a"), new AbortController(), AbortSignal.abort(), new DOMException()].map((v) => Object.prototype.toString.call(v))',
  ],
  [
    'names of the classes',
    'return [Event, EventTarget, CustomEvent, MessageEvent, CloseEvent, AbortController, AbortSignal, DOMException].map((c) => [c.name, c.length])',
  ],
  ['a type is needed', 'return caught(() => new Event())'],
  ['a symbol is no type', 'return caught(() => new Event(Symbol("a")))'],
  [
    'options must be an object',
    'return [caught(() => new Event("a", 5)), caught(() => new CustomEvent("a", "x"))]',
  ],
  ['getters need an event', 'return caught(() => Event.prototype.type)'],
  [
    'CustomEvent',
    'return [new CustomEvent("a").detail, new CustomEvent("a", { detail: 5 }).detail]',
  ],
  [
    'MessageEvent',
    'const m = new MessageEvent("a", { data: { b: 1 }, origin: "o" }); return [m.data, m.origin, m.lastEventId, m.source, m.ports]',
  ],
  [
    'CloseEvent',
    'const c = new CloseEvent("a", { code: 1000, reason: "r", wasClean: true }); return [c.code, c.reason, c.wasClean, new CloseEvent("b").code]',
  ],
  [
    'listeners in order, once, removed',
    `
    const t = new EventTarget(), seen = [];
    const gone = () => seen.push('gone');
    t.addEventListener('a', () => { seen.push('first'); t.removeEventListener('a', gone); });
    t.addEventListener('a', gone);
    t.addEventListener('a', { handleEvent(e) { seen.push(this.mark, e.type); }, mark: 'object' }, { once: true });
    t.addEventListener('a', function (e) { seen.push(this === t, e.target === t); });
    t.dispatchEvent(new Event('a')); t.dispatchEvent(new Event('a'));
    return seen;`,
  ],
  [
    'a listener added while dispatching waits',
    `
    const t = new EventTarget(), seen = [];
    t.addEventListener('a', () => { seen.push(1); t.addEventListener('a', () => seen.push(2)); }, { once: true });
    t.dispatchEvent(new Event('a')); t.dispatchEvent(new Event('a'));
    return seen;`,
  ],
  [
    'the same listener counts once, capture apart',
    `
    const t = new EventTarget(); let n = 0; const f = () => { n += 1; };
    t.addEventListener('a', f); t.addEventListener('a', f); t.addEventListener('a', f, true);
    t.dispatchEvent(new Event('a'));
    return n;`,
  ],
  [
    'stopImmediatePropagation',
    `
    const t = new EventTarget(), seen = [];
    t.addEventListener('a', (e) => { seen.push(1); e.stopImmediatePropagation(); });
    t.addEventListener('a', () => seen.push(2));
    t.dispatchEvent(new Event('a'));
    return seen;`,
  ],
  [
    'preventDefault and passive',
    `
    const t = new EventTarget();
    t.addEventListener('a', (e) => e.preventDefault());
    t.addEventListener('p', (e) => e.preventDefault(), { passive: true });
    return [t.dispatchEvent(new Event('a')), t.dispatchEvent(new Event('a', { cancelable: true })), t.dispatchEvent(new Event('p', { cancelable: true }))];`,
  ],
  [
    'a signal takes the listener away',
    `
    const t = new EventTarget(), c = new AbortController(); let n = 0;
    t.addEventListener('a', () => { n += 1; }, { signal: c.signal });
    t.dispatchEvent(new Event('a')); c.abort(); t.dispatchEvent(new Event('a'));
    return n;`,
  ],
  [
    'arguments are checked',
    `
    const t = new EventTarget();
    return [() => t.addEventListener('a'), () => t.addEventListener('a', 5), () => t.addEventListener('a', null), () => t.dispatchEvent(5),
      () => t.dispatchEvent(), () => t.addEventListener('a', () => {}, { signal: 5 }), () => EventTarget.prototype.addEventListener.call({}, 'a', () => {})].map((f) => caught(f) ?? null);`,
  ],
  [
    'an event cannot be dispatched while it is',
    `
    const t = new EventTarget(); let found;
    t.addEventListener('a', (e) => { found = caught(() => t.dispatchEvent(e)); });
    t.dispatchEvent(new Event('a'));
    return found;`,
  ],
  [
    'AbortController',
    `
    const c = new AbortController(), seen = [];
    c.signal.onabort = function (e) { seen.push(['handler', e.isTrusted, e.type, this === c.signal]); };
    c.signal.addEventListener('abort', () => seen.push('listener'));
    c.abort(); c.abort('again');
    return [seen, c.signal.aborted, look(c.signal.reason), caught(() => c.signal.throwIfAborted())];`,
  ],
  [
    'a reason of one’s own',
    'const c = new AbortController(); c.abort(null); return [c.signal.reason, c.signal.aborted, caught(() => c.signal.throwIfAborted())]',
  ],
  [
    'AbortSignal.abort',
    'return [look(AbortSignal.abort().reason), AbortSignal.abort(5).reason, caught(() => new AbortSignal())]',
  ],
  [
    'AbortSignal.timeout',
    `
    const s = AbortSignal.timeout(1);
    await new Promise((resolve) => { s.onabort = resolve; setTimeout(() => {}, 200); });
    return [s.aborted, look(s.reason)];`,
  ],
  [
    'AbortSignal.timeout checks',
    'return [-1, "a", 1.5, NaN, 2 ** 40].map((v) => caught(() => AbortSignal.timeout(v)))',
  ],
  [
    'AbortSignal.any',
    `
    const a = new AbortController(), b = new AbortController(), seen = [];
    const any = AbortSignal.any([a.signal, b.signal]), anyOfAny = AbortSignal.any([any]);
    for (const [n, s] of [['any', any], ['deep', anyOfAny], ['a', a.signal]]) s.addEventListener('abort', () => seen.push([n, any.aborted, anyOfAny.aborted]));
    a.abort(7); b.abort(8);
    return [seen, any.reason, anyOfAny.reason, AbortSignal.any([]).aborted, AbortSignal.any([AbortSignal.abort(1)]).reason];`,
  ],
  [
    'AbortSignal.any checks',
    'return [caught(() => AbortSignal.any(5)), caught(() => AbortSignal.any([1]))]',
  ],
  [
    'DOMException',
    `
    const e = new DOMException('m', 'AbortError'), f = new DOMException('m', { name: 'N', cause: 5 });
    return [look(e), look(f), f.cause, 'cause' in e, String(e), e.stack.split('\\n')[0], e instanceof Error, Object.keys(e), look(new DOMException()), DOMException.ABORT_ERR, e.DATA_CLONE_ERR];`,
  ],
  [
    'events for util.inspect are enumerable on the prototype',
    'return Object.entries(Object.getOwnPropertyDescriptors(AbortSignal.prototype)).filter(([, d]) => d.enumerable).map(([n]) => n).sort()',
  ],
  [
    'globals',
    `return ['Event', 'EventTarget', 'CustomEvent', 'AbortController', 'AbortSignal', 'DOMException', 'MessageEvent', 'CloseEvent'].map((name) => {
    const C = globalThis[name]; const { writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(globalThis, name); return [typeof C, writable, enumerable, configurable]; })`,
  ],
];

describe('events and aborts are as in Node', async () => {
  const [guest, node] = [await inGuest(cases), await inNode(cases)];
  test.each(cases.map(([name], index) => [name, index] as const))('%s', (_name, index) => {
    expect(guest[index]).toEqual(node[index]);
  });
});

test('what a listener throws ends the invocation as an uncaught exception', async () => {
  await using lambda = new Lambda({ blanks: 0 });
  const fn = await lambda.createFunction({
    name: 'thrower',
    code: {
      source: `exports.handler = async () => {
        const target = new EventTarget();
        let later = false;
        target.addEventListener('a', () => { throw new RangeError('nobody catches this'); });
        target.addEventListener('a', () => { later = true; });
        target.dispatchEvent(new Event('a'));
        if (!later) return 'the second listener did not run';
        await new Promise((resolve) => setTimeout(resolve, 1000));
        return 'went on';
      };`,
    },
  });
  const outcome = await fn.invoke();
  expect(outcome).toMatchObject({ error: { errorType: 'Runtime.ExitError' } });
});
