import { expect, test } from 'vitest';
import { Handles, type Handle } from '../../src/host/network/handles.ts';
import { Question } from '../../src/host/network/question.ts';

class Thing implements Handle {
  isDestroyed = false;
  readonly isSpent: boolean;
  constructor(isSpent = false) {
    this.isSpent = isSpent;
  }
  destroy(): void {
    this.isDestroyed = true;
  }
}

const fill = (handles: Handles, count: number): void => {
  for (let id = 1; id <= count; id += 1) handles.add(id, new Thing());
};

test('a number names one handle of one kind', () => {
  const handles = new Handles();
  const thing = new Thing();
  handles.add(7, thing);
  class Other extends Thing {}

  expect(handles.get(new Question({ id: 7 }), Thing)).toBe(thing);
  expect(() => handles.get(new Question({ id: 7 }), Other)).toThrow('no handle 7 of that kind');
  expect(() => handles.get(new Question({ id: 8 }), Thing)).toThrow('no handle 8');
  expect(() => handles.newId(new Question({ id: 7 }))).toThrow('exists already');
  expect(() => handles.add(7, new Thing())).toThrow('exists already');
});

test('there is a limit, to which those that are spent give way', () => {
  const handles = new Handles();
  const spent = new Thing(true);
  handles.add(5_000, spent);
  fill(handles, 4_095);
  handles.add(6_000, new Thing());

  expect(spent.isDestroyed).toBe(true);
  expect(() => handles.add(6_001, new Thing())).toThrow('Too many open handles: the limit is 4096');
});

test('closing destroys all that is left', () => {
  const handles = new Handles();
  const thing = new Thing();
  const released = new Thing();
  handles.add(1, thing);
  handles.add(2, released);
  handles.release(2, released);
  handles.close();

  expect([thing.isDestroyed, released.isDestroyed]).toEqual([true, false]);
});
