import {
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  nodeError,
} from '../../node/internal/errors.ts';
import {
  validateArray,
  validateBoolean,
  validateObject,
  validateString,
} from '../../node/internal/validators.ts';

const ERR_PARSE_ARGS_INVALID_OPTION_VALUE = nodeError(
  'ERR_PARSE_ARGS_INVALID_OPTION_VALUE',
  TypeError,
  (text: string) => text,
);
const ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL = nodeError(
  'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL',
  TypeError,
  (argument: string) =>
    `Unexpected argument '${argument}'. This command does not take positional arguments`,
);
const ERR_PARSE_ARGS_UNKNOWN_OPTION = nodeError(
  'ERR_PARSE_ARGS_UNKNOWN_OPTION',
  TypeError,
  (option: string, allowsPositionals: boolean) =>
    `Unknown option '${option}'` +
    (allowsPositionals
      ? `. To specify a positional argument starting with a '-', place it at the end of the command after '--', as in '-- ${JSON.stringify(option)}`
      : ''),
);

interface OptionConfig {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  readonly default?: unknown;
}
type Options = Record<string, OptionConfig>;
type Values = Record<string, unknown>;

type Token =
  | {
      readonly kind: 'option';
      readonly name: string;
      readonly rawName: string;
      readonly index: number;
      readonly value: string | undefined;
      readonly inlineValue: boolean | undefined;
    }
  | { readonly kind: 'positional'; readonly index: number; readonly value: string }
  | { readonly kind: 'option-terminator'; readonly index: number };

interface Config {
  readonly args?: unknown;
  readonly strict?: unknown;
  readonly allowPositionals?: unknown;
  readonly tokens?: unknown;
  readonly allowNegative?: unknown;
  readonly options?: unknown;
}

const ownOption = (options: Options, name: string): OptionConfig | undefined =>
  Object.hasOwn(options, name) ? options[name] : undefined;

const longOfShort = (options: Options, short: string): string =>
  Object.keys(options).find((name) => options[name]?.short === short) ?? short;

/** https://nodejs.org/docs/latest-v24.x/api/util.html#utilparseargsconfig */
export function parseArgs(config: Config = {}): object {
  const {
    args = (globalThis as unknown as { process: { argv: string[] } }).process.argv.slice(2),
    strict = true,
    allowPositionals = !strict,
    tokens: wantsTokens = false,
    allowNegative = false,
    options: given = {},
  } = config;
  validateArray(args, 'args');
  validateBoolean(strict, 'strict');
  validateBoolean(allowPositionals, 'allowPositionals');
  validateBoolean(wantsTokens, 'tokens');
  validateBoolean(allowNegative, 'allowNegative');
  validateObject(given, 'options');
  const options = given as Options;
  for (const name of Object.keys(options)) checkOption(name, options[name]);
  const tokens = tokenize(args as string[], options, strict);
  const values: Values = Object.create(null) as Values;
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (!allowPositionals) throw new ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL(token.value);
      positionals.push(token.value);
    }
    if (token.kind !== 'option') continue;
    if (strict) checkUse(token, options, allowPositionals, allowNegative);
    store(token, options, values, allowNegative);
  }
  for (const name of Object.keys(options)) {
    const { default: usual } = options[name] as OptionConfig;
    if (usual !== undefined && values[name] === undefined) values[name] = usual;
  }
  return wantsTokens ? { values, positionals, tokens } : { values, positionals };
}

function checkOption(name: string, option: unknown): void {
  const path = `options.${name}`;
  validateObject(option, path);
  const { type, short, multiple, default: usual } = option as OptionConfig;
  validateUnion(type, `${path}.type`);
  if (Object.hasOwn(option, 'short')) {
    validateString(short, `${path}.short`);
    if (short.length !== 1) {
      throw new ERR_INVALID_ARG_VALUE(`${path}.short`, short, 'must be a single character');
    }
  }
  if (Object.hasOwn(option, 'multiple')) validateBoolean(multiple, `${path}.multiple`);
  if (usual === undefined) return;
  const check: (value: unknown, name: string) => void =
    type === 'string' ? validateString : validateBoolean;
  if (!multiple) {
    check(usual, `${path}.default`);
    return;
  }
  validateArray(usual, `${path}.default`);
  for (const [index, item] of usual.entries()) check(item, `${path}.default[${index}]`);
}

function validateUnion(type: unknown, name: string): void {
  if (type !== 'string' && type !== 'boolean') {
    throw new ERR_INVALID_ARG_TYPE(name, "('string|boolean')", type);
  }
}

function tokenize(args: readonly string[], options: Options, strict: boolean): Token[] {
  const tokens: Token[] = [];
  const rest = [...args];
  let index = -1;
  let groupCount = 0;
  while (rest.length > 0) {
    const arg = rest.shift() as string;
    const next = rest[0];
    if (groupCount > 0) groupCount -= 1;
    else index += 1;

    if (arg === '--') {
      tokens.push({ kind: 'option-terminator', index });
      for (const value of rest) tokens.push({ kind: 'positional', index: ++index, value });
      break;
    }
    if (/^-[^-]$/.test(arg)) {
      const name = longOfShort(options, arg[1] as string);
      const takesNext =
        ownOption(options, name)?.type === 'string' && next !== undefined && next !== null;
      const value = takesNext ? rest.shift() : undefined;
      const inlineValue = takesNext ? false : undefined;
      tokens.push({ kind: 'option', name, rawName: arg, index, value, inlineValue });
      if (takesNext) index += 1;
      continue;
    }
    if (/^-[^-]./.test(arg)) {
      const short = arg[1] as string;
      const isValued = ownOption(options, longOfShort(options, short))?.type === 'string';
      if (isValued) {
        const name = longOfShort(options, short);
        tokens.push({
          kind: 'option',
          name,
          rawName: `-${short}`,
          index,
          value: arg.slice(2),
          inlineValue: true,
        });
        continue;
      }
      const expanded: string[] = [];
      for (let at = 1; at < arg.length; at += 1) {
        const one = arg[at] as string;
        const isString = ownOption(options, longOfShort(options, one))?.type === 'string';
        if (!isString || at === arg.length - 1) {
          expanded.push(`-${one}`);
        } else {
          // The rest of the group is the value of this one.
          expanded.push(`-${arg.slice(at)}`);
          break;
        }
      }
      rest.unshift(...expanded);
      groupCount = expanded.length;
      continue;
    }
    if (/^--[^=]+$/.test(arg) || (arg.startsWith('--') && !arg.includes('=', 3))) {
      const name = arg.slice(2);
      const takesNext =
        ownOption(options, name)?.type === 'string' && next !== undefined && next !== null;
      const value = takesNext ? rest.shift() : undefined;
      const inlineValue = takesNext ? false : undefined;
      tokens.push({ kind: 'option', name, rawName: arg, index, value, inlineValue });
      if (takesNext) index += 1;
      continue;
    }
    if (arg.startsWith('--')) {
      const equals = arg.indexOf('=', 3);
      const name = arg.slice(2, equals);
      tokens.push({
        kind: 'option',
        name,
        rawName: `--${name}`,
        index,
        value: arg.slice(equals + 1),
        inlineValue: true,
      });
      continue;
    }
    tokens.push({ kind: 'positional', index, value: arg });
  }
  void strict;
  return tokens;
}

type OptionToken = Extract<Token, { kind: 'option' }>;

function checkUse(
  token: OptionToken,
  options: Options,
  allowsPositionals: boolean,
  allowsNegative: boolean,
): void {
  const isNegation = allowsNegative && token.name.startsWith('no-');
  const name = isNegation && !Object.hasOwn(options, token.name) ? token.name.slice(3) : token.name;
  const option = ownOption(options, name);
  if (option === undefined)
    throw new ERR_PARSE_ARGS_UNKNOWN_OPTION(token.rawName, allowsPositionals);
  const shown = `${option.short ? `-${option.short}, ` : ''}--${name}`;
  if (option.type === 'string' && typeof token.value !== 'string') {
    throw new ERR_PARSE_ARGS_INVALID_OPTION_VALUE(`Option '${shown} <value>' argument missing`);
  }
  if (option.type === 'boolean' && token.value !== undefined && token.value !== null) {
    throw new ERR_PARSE_ARGS_INVALID_OPTION_VALUE(`Option '${shown}' does not take an argument`);
  }
  if (token.inlineValue === false && token.value !== undefined && /^-./.test(token.value)) {
    const long = token.rawName.startsWith('--');
    const example = long ? `'${token.rawName}=-XYZ'` : `'--${name}=-XYZ' or '${token.rawName}-XYZ'`;
    throw new ERR_PARSE_ARGS_INVALID_OPTION_VALUE(
      `Option '${token.rawName}' argument is ambiguous.\n` +
        `Did you forget to specify the option argument for '${token.rawName}'?\n` +
        `To specify an option argument starting with a dash use ${example}.`,
    );
  }
}

function store(
  token: OptionToken,
  options: Options,
  values: Values,
  allowsNegative: boolean,
): void {
  let { name } = token;
  let value: unknown = token.value ?? true;
  if (name === '__proto__') return;
  if (allowsNegative && name.startsWith('no-') && token.value === undefined) {
    const positive = name.slice(3);
    if (!Object.hasOwn(options, name)) {
      name = positive;
      value = false;
    }
  }
  if (ownOption(options, name)?.multiple === true) {
    const list = (values[name] ?? []) as unknown[];
    list.push(value);
    values[name] = list;
  } else {
    values[name] = value;
  }
}
