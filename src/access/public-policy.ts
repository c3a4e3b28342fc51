import type { PolicyDocument, PolicyStatement } from './policy-document.ts';

/** Conditions under which only known callers are meant, as AWS's "block public access" reads them. */
const narrowingKeys = new Set([
  'aws:sourcearn',
  'aws:sourceaccount',
  'aws:sourceorgid',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:userid',
  'lambda:eventsourcetoken',
]);
const narrowingOperator = /^(?:ForAnyValue:)?(?:String|Arn)(?:Equals|Like)(?:IgnoreCase)?$/;

/**
 * Whether a policy lets everybody in: a statement allows it to any principal, and no condition names who that can be.
 * https://docs.aws.amazon.com/lambda/latest/dg/security-iam-bpa.html
 */
export function isPublic({ Statement }: PolicyDocument): boolean {
  return [Statement].flat().some(isPublicStatement);
}

function isPublicStatement({
  Effect,
  Principal,
  NotPrincipal,
  Condition,
}: PolicyStatement): boolean {
  if (Effect !== 'Allow') return false;
  if (NotPrincipal === undefined && !isEverybody(Principal)) return false;
  return !Object.entries(Condition ?? {}).some(
    ([operator, keys]) =>
      narrowingOperator.test(operator) &&
      Object.entries(keys).some(
        ([key, values]) =>
          narrowingKeys.has(key.toLowerCase()) && [values].flat().every((one) => !isAnything(one)),
      ),
  );
}

function isEverybody(principal: PolicyStatement['Principal']): boolean {
  if (principal === undefined || principal === '*') return true;
  return [principal['AWS'] ?? []].flat().includes('*');
}

/** Nothing but wildcards between the colons. */
function isAnything(value: string | number | boolean): boolean {
  return /^[*?:]*$/.test(String(value));
}
