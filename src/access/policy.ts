import { InvalidOptionError } from '../core/errors.ts';
import { checkKnownKeys, checkOneOf } from '../core/options.ts';
import type { Caller } from './caller.ts';
import { parseCondition, type Condition } from './condition.ts';
import type { PolicyDocument } from './policy-document.ts';
import { fillIn } from './policy-variables.ts';
import { parsePrincipal, type Naming, type PrincipalPattern } from './principal-pattern.ts';
import type { RequestContext } from './request-context.ts';
import { matchesWildcard, parseWildcard } from './wildcard.ts';

/** What a policy is asked about. */
export interface AccessQuestion {
  readonly caller: Caller;
  /** Such as `lambda:InvokeFunction`. */
  readonly action: string;
  /** An ARN, or `*` for actions that are about no single resource. */
  readonly resource: string;
  readonly context: RequestContext;
}

/** A policy that was read and found to be in order. */
export interface Policy {
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  /** How it names the caller, where all else fits. Policies of identities name whoever has them. */
  readonly applies: (question: AccessQuestion) => Naming;
}

/** Policies of identities name nobody, those of resources always do. */
type PolicyKind = 'identity' | 'resource';

const documentKeys = ['Version', 'Id', 'Statement'];
const statementKeys = [
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Principal',
  'NotPrincipal',
  'Condition',
];
const actionPattern = /^(?:\*|[\w-]+:[\w*?-]+)$/;
const statementIdPattern = /^[\w-]*$/;

/**
 * Reads a policy and checks it whole, so that asking it never fails.
 * @throws {InvalidOptionError} that names the place in the document
 */
export function parsePolicy(option: string, document: unknown, kind: PolicyKind): Policy {
  checkKnownKeys(option, document, documentKeys);
  const { Version = '2008-10-17', Id, Statement } = document as Partial<PolicyDocument>;
  checkOneOf(`${option}.Version`, Version, ['2012-10-17', '2008-10-17']);
  if (Id !== undefined && typeof Id !== 'string') {
    throw new InvalidOptionError(`${option}.Id`, 'a string', Id);
  }
  const list: readonly unknown[] = Array.isArray(Statement) ? Statement : [Statement];
  const hasVariables = Version === '2012-10-17';
  const statements = list.map((statement, at) => {
    const where = Array.isArray(Statement) ? `${option}.Statement[${at}]` : `${option}.Statement`;
    return parseStatement(where, statement, kind, hasVariables);
  });
  checkStatementIds(option, statements);
  return { statements };
}

function checkStatementIds(option: string, statements: readonly Statement[]): void {
  const ids = statements.map(({ sid }) => sid).filter((sid) => sid !== undefined && sid !== '');
  const twice = ids.find((sid, at) => ids.indexOf(sid) !== at);
  if (twice === undefined) return;
  throw new InvalidOptionError(`${option}.Statement`, 'statements with different `Sid`', twice);
}

function parseStatement(
  option: string,
  statement: unknown,
  kind: PolicyKind,
  hasVariables: boolean,
): Statement {
  checkKnownKeys(option, statement, statementKeys);
  const given = statement as Readonly<Record<string, unknown>>;
  const { Sid: sid, Effect: effect } = given;
  if (sid !== undefined && (typeof sid !== 'string' || !statementIdPattern.test(sid))) {
    throw new InvalidOptionError(`${option}.Sid`, 'letters, digits, "-" and "_"', sid);
  }
  checkOneOf(`${option}.Effect`, effect, ['Allow', 'Deny']);
  const isAction = parseActions(option, given);
  const isResource = parseResources(option, given, hasVariables);
  const naming = kind === 'resource' ? parseNaming(option, given) : noPrincipal(option, given);
  const conditions = parseConditions(`${option}.Condition`, given['Condition'], hasVariables);
  return {
    sid,
    effect,
    applies: (question) => {
      if (!isAction(question.action.toLowerCase())) return 'none';
      if (!isResource(question.resource, question.context)) return 'none';
      if (!conditions.every((holds) => holds(question.context))) return 'none';
      return naming(question.caller);
    },
  };
}

/** One of `X` and `NotX`. */
function choose(
  option: string,
  statement: Readonly<Record<string, unknown>>,
  name: string,
): { readonly where: string; readonly value: unknown; readonly isNegated: boolean } {
  const isNegated = statement[`Not${name}`] !== undefined;
  if (isNegated === (statement[name] !== undefined)) {
    const rule = `an object with either \`${name}\` or \`Not${name}\``;
    throw new InvalidOptionError(option, rule, statement);
  }
  const key = isNegated ? `Not${name}` : name;
  return { where: `${option}.${key}`, value: statement[key], isNegated };
}

function parseActions(
  option: string,
  statement: Readonly<Record<string, unknown>>,
): (action: string) => boolean {
  const { where, value, isNegated } = choose(option, statement, 'Action');
  const patterns = strings(where, value).map((pattern) => {
    if (actionPattern.test(pattern)) return parseWildcard(pattern.toLowerCase());
    throw new InvalidOptionError(
      where,
      '"*" or "service:Action", with wildcards or without',
      pattern,
    );
  });
  return (action) => patterns.some((pattern) => matchesWildcard(pattern, action)) !== isNegated;
}

function parseResources(
  option: string,
  statement: Readonly<Record<string, unknown>>,
  hasVariables: boolean,
): (resource: string, context: RequestContext) => boolean {
  const { where, value, isNegated } = choose(option, statement, 'Resource');
  const patterns = strings(where, value).map((text) => {
    if (text !== '*' && !text.startsWith('arn:') && !text.startsWith('*')) {
      throw new InvalidOptionError(where, '"*" or an ARN, with wildcards or without', text);
    }
    const plain = parseWildcard(text);
    return (context: RequestContext) => (hasVariables ? fillIn(text, context) : plain);
  });
  return (resource, context) => {
    const fits = patterns.some((of) => {
      const pattern = of(context);
      return pattern !== undefined && matchesWildcard(pattern, resource);
    });
    return fits !== isNegated;
  };
}

function parseNaming(
  option: string,
  statement: Readonly<Record<string, unknown>>,
): PrincipalPattern {
  const { where, value, isNegated } = choose(option, statement, 'Principal');
  const pattern = parsePrincipal(where, value);
  if (!isNegated) return pattern;
  return (caller) => (pattern(caller) === 'none' ? 'caller' : 'none');
}

function noPrincipal(
  option: string,
  statement: Readonly<Record<string, unknown>>,
): PrincipalPattern {
  for (const name of ['Principal', 'NotPrincipal']) {
    if (statement[name] === undefined) continue;
    const hint = 'Whoever has the policy is meant';
    throw new InvalidOptionError(`${option}.${name}`, 'left out', statement[name], hint);
  }
  return () => 'caller';
}

function parseConditions(option: string, given: unknown, hasVariables: boolean): Condition[] {
  if (given === undefined) return [];
  return entries(option, given).flatMap(([operator, keys]) => {
    const where = `${option}.${operator}`;
    return entries(where, keys).map(([key, value]) => {
      const list: readonly unknown[] = Array.isArray(value) ? value : [value];
      const wanted = list.map((one) => {
        if (['string', 'number', 'boolean'].includes(typeof one)) return String(one);
        throw new InvalidOptionError(`${where}.${key}`, 'a string, number or boolean', one);
      });
      return parseCondition(where, operator, key, wanted, hasVariables);
    });
  });
}

function entries(option: string, value: unknown): [string, unknown][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value);
  }
  throw new InvalidOptionError(option, 'an object', value);
}

function strings(option: string, value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const isFine = list.length > 0 && list.every((one) => typeof one === 'string');
  if (isFine) return list;
  throw new InvalidOptionError(option, 'a string or an array of strings', value);
}
