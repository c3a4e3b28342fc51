import { ERR_INVALID_ARG_TYPE } from '../../node/internal/errors.ts';

type Step = [operation: -1 | 0 | 1, value: string];

/** `util.diff`: the longest common subsequence; 0 is in both, 1 only in `actual`, -1 only in `expected`. */
export function diff(actual: unknown, expected: unknown): Step[] {
  if (actual === expected) return [];
  const from = checkedList(actual, 'actual');
  const to = checkedList(expected, 'expected');
  return steps(from, to);
}

function checkedList(value: unknown, name: string): readonly string[] {
  if (typeof value === 'string') return value.split('');
  const isTexts = Array.isArray(value) && value.every((one) => typeof one === 'string');
  if (isTexts) return value;
  throw new ERR_INVALID_ARG_TYPE(name, 'string', value);
}

/** Myers' greedy search, forwards with a trace, then back along it. */
function steps(actual: readonly string[], expected: readonly string[]): Step[] {
  const max = actual.length + expected.length;
  const reached = new Int32Array(2 * max + 1);
  const trace: Int32Array[] = [];
  for (let depth = 0; depth <= max; depth += 1) {
    trace.push(reached.slice());
    for (let k = -depth; k <= depth; k += 2) {
      const offset = k + max;
      const before = reached[offset - 1] ?? 0;
      const after = reached[offset + 1] ?? 0;
      let x = k === -depth || (k !== depth && before < after) ? after : before + 1;
      let y = x - k;
      while (x < actual.length && y < expected.length && actual[x] === expected[y]) {
        x += 1;
        y += 1;
      }
      reached[offset] = x;
      if (x >= actual.length && y >= expected.length) {
        return back(trace, actual, expected);
      }
    }
  }
  return [];
}

function back(
  trace: readonly Int32Array[],
  actual: readonly string[],
  expected: readonly string[],
): Step[] {
  const max = actual.length + expected.length;
  const found: Step[] = [];
  let x = actual.length;
  let y = expected.length;
  for (let depth = trace.length - 1; depth >= 0; depth -= 1) {
    const reached = trace[depth] as Int32Array;
    const k = x - y;
    const at = (index: number): number => reached[index + max] ?? 0;
    const previousK = k === -depth || (k !== depth && at(k - 1) < at(k + 1)) ? k + 1 : k - 1;
    const previousX = at(previousK);
    const previousY = previousX - previousK;
    while (x > previousX && y > previousY) {
      x -= 1;
      y -= 1;
      found.push([0, actual[x] as string]);
    }
    if (depth === 0) break;
    if (x > previousX) {
      x -= 1;
      found.push([1, actual[x] as string]);
    } else {
      y -= 1;
      found.push([-1, expected[y] as string]);
    }
  }
  return found.toReversed();
}
