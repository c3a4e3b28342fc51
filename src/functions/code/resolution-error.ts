/** Node's refusal to resolve a specifier, in Node's words; becomes `Resolution` of kind `error`. */
export class ResolutionError extends Error {
  override readonly name: string = 'ResolutionError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** What `require` says; the guest may know more of the require stack than the one file. */
export function cannotFindModule(request: string, fromPath: string): ResolutionError {
  return new ResolutionError(
    'MODULE_NOT_FOUND',
    `Cannot find module '${request}'\nRequire stack:\n- ${fromPath}`,
  );
}

/** What `import` says. */
export function cannotFindImport(
  noun: 'module' | 'package',
  name: string,
  fromPath: string,
): ResolutionError {
  return new ResolutionError(
    'ERR_MODULE_NOT_FOUND',
    `Cannot find ${noun} '${name}' imported from ${fromPath}`,
  );
}

export function invalidSpecifier(
  request: string,
  reason: string,
  fromPath: string | undefined,
): ResolutionError {
  return new ResolutionError(
    'ERR_INVALID_MODULE_SPECIFIER',
    `Invalid module "${request}" ${reason}${importedFrom(fromPath)}`,
  );
}

export function importedFrom(fromPath: string | undefined): string {
  return fromPath === undefined ? '' : ` imported from ${fromPath}`;
}

/** How Node names the importer when a package.json is to blame. */
export function whileImporting(fromPath: string | undefined): string {
  return fromPath === undefined ? '' : ` while importing file://${fromPath}`;
}
