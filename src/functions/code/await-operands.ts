import { parse, type AnyNode, type Node } from 'acorn';
import { loaderCalls } from '../../core/program.ts';
import type { Edit } from './rewrite.ts';

/**
 * The edits that send the operand of every `await` through the guest's loader, so that the context of
 * `AsyncLocalStorage` follows values that are no promises too (native-notes/async-context.md). acorn,
 * because the end of an operand takes a parser; it reads 1 MB in about 150 ms, once, at deploy time.
 *
 * A text that acorn cannot read stays as it is: it either fails in V8 as well, with V8's own message, or
 * loses the context at `await 5` and nothing else.
 */
export function awaitEdits(text: string, format: 'commonjs' | 'module'): Edit[] {
  if (!/\bawait\b/.test(text)) return [];
  const edits: Edit[] = [];
  for (const argument of awaitArguments(text, format)) {
    const { start, end, type } = argument;
    // A comma belongs to the operand; as an argument it would end it.
    const [open, close] = type === 'SequenceExpression' ? ['((', '))'] : ['(', ')'];
    edits.push({ start, end: start, text: `${loaderCalls.awaitOperand}${open}` });
    edits.push({ start: end, end, text: close });
  }
  return edits;
}

function awaitArguments(text: string, format: 'commonjs' | 'module'): Node[] {
  let program: Node;
  try {
    program = parse(text, {
      ecmaVersion: 'latest',
      sourceType: format,
      allowHashBang: true,
      allowReturnOutsideFunction: true,
    });
  } catch {
    return [];
  }
  const found: Node[] = [];
  const pending: Node[] = [program];
  for (let node = pending.pop() as AnyNode | undefined; node; node = pending.pop() as AnyNode) {
    if (node.type === 'AwaitExpression') found.push(node.argument);
    for (const value of Object.values(node)) {
      if (Array.isArray(value)) pending.push(...value.filter(isNode));
      else if (isNode(value)) pending.push(value);
    }
  }
  return found;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
