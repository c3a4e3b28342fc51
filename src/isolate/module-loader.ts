import type ivm from 'isolated-vm';
import type { Program, Resolution } from '../core/program.ts';
import { bootstrapFilename, builtinExportsOf } from './guest-bundle.ts';
import { cachedDataOf } from './compile-cache.ts';
import type { Entered, GuestIsolate } from './guest-isolate.ts';
import {
  builtinFacadeText,
  commonJsText,
  facadeText,
  registrarPrefix,
  registrarText,
} from './module-texts.ts';
import type { FailureMessage } from '../wire/messages.ts';

/** A static import has no target; the guest's error carries Node's code and text. */
class LinkError extends Error {
  override readonly name: string = 'Error';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Puts the modules of a program into one isolate. Compiling and linking run no user code, so they happen
 * on the host's thread; evaluation is an entry like any other, with a time limit.
 */
export class ModuleLoader {
  readonly #guest: GuestIsolate;
  readonly #program: Program;
  readonly #esModules = new Map<string, ivm.Module | Promise<ivm.Module>>();
  readonly #paths = new Map<ivm.Module, string>();

  constructor(guest: GuestIsolate, program: Program) {
    this.#guest = guest;
    this.#program = program;
  }

  /** Hands all CommonJS modules that a static look found to the guest's `require`. */
  define(timeoutMs: number): Promise<void> | undefined {
    const { isolate, context } = this.#guest;
    if (this.#guest.isInspected) return defineInspected(this.#guest, this.#program);
    for (const module of this.#program.modules) {
      if (module.format !== 'commonjs') continue;
      const { code, columnOffset } = commonJsText(module);
      const cachedData = cachedDataOf(this.#program, module.path);
      const script = isolate.compileScriptSync(code, {
        filename: module.path,
        columnOffset,
        ...(cachedData !== undefined && { cachedData }),
      });
      script.runSync(context, { timeout: timeoutMs, release: true });
    }
    return undefined;
  }

  /** Links an ES module with all it imports, then evaluates it; its namespace goes to the guest. */
  evaluate(path: string, timeoutMs: number, before: readonly string[] = []): Entered {
    if (this.#guest.isInspected) return this.#evaluateAside(path, timeoutMs, before);
    const registrar = this.#guest.isolate.compileModuleSync(registrarText(path, before), {
      filename: bootstrapFilename,
    });
    registrar.instantiateSync(
      this.#guest.context,
      // Only inspected guests compile elsewhere than here.
      (specifier, referrer) => this.#link(specifier, referrer) as ivm.Module,
    );
    return this.#guest.enter(
      (options) =>
        this.#guest.isInline
          ? ignoreValue(registrar.evaluateSync(options))
          : registrar.evaluate(options).then(ignoreValue),
      timeoutMs,
    );
  }

  /** The same on the isolate's own thread, where a debugger may stop it. */
  async #evaluateAside(
    path: string,
    timeoutMs: number,
    before: readonly string[],
  ): Promise<string | undefined> {
    const { isolate, context } = this.#guest;
    const registrar = await isolate.compileModule(registrarText(path, before), {
      filename: bootstrapFilename,
    });
    await registrar.instantiate(context, (specifier, referrer) => this.#link(specifier, referrer));
    return this.#guest.enter((options) => registrar.evaluate(options).then(ignoreValue), timeoutMs);
  }

  /** A registrar, which nobody compiled as a file, names a path that it wants. */
  #link(specifier: string, referrer: ivm.Module): ivm.Module | Promise<ivm.Module> {
    const from = this.#paths.get(referrer);
    if (from === undefined) return this.#compileWanted(specifier);
    const found = this.#program.resolve(specifier, from, 'import');
    const importer = this.#program.load(from);
    const names = importer?.format === 'module' ? importer.importedNames : undefined;
    return this.#compileTarget(found, names?.get(specifier));
  }

  /** `wanted` are the names that the importer asks for, where they are known. */
  #compileTarget(
    found: Resolution,
    wanted?: ReadonlySet<string>,
  ): ivm.Module | Promise<ivm.Module> {
    if (found.kind === 'error') throw new LinkError(found.code, found.message);
    if (found.kind === 'builtin') {
      if (builtinExportsOf(found.name) === undefined) {
        throw new LinkError(
          'ERR_MODULE_NOT_FOUND',
          `Cannot find module 'node:${found.name}': there is no such builtin here`,
        );
      }
      const key = wanted === undefined ? '*' : [...wanted].sort().join();
      const text = builtinFacadeText(found.name, wanted);
      return this.#compile(`node:${found.name} ${key}`, text, bootstrapFilename);
    }
    if (found.format === 'module') return this.#compileFile(found.path);
    return this.#compile(`facade:${found.path}`, facadeText(found), bootstrapFilename);
  }

  /** What the host itself asks for: another registrar, an ES module, or an entry of the other kind. */
  #compileWanted(specifier: string): ivm.Module | Promise<ivm.Module> {
    if (specifier.startsWith(registrarPrefix)) {
      return this.#compileRegistrar(specifier.slice(registrarPrefix.length));
    }
    const { entry } = this.#program;
    const isEntry = entry.kind === 'found' && entry.path === specifier;
    return isEntry && entry.format === 'commonjs'
      ? this.#compileTarget({ kind: 'file', path: specifier, format: 'commonjs' })
      : this.#compileFile(specifier);
  }

  #compileRegistrar(path: string): ivm.Module | Promise<ivm.Module> {
    const { isolate, isInspected } = this.#guest;
    const options = { filename: bootstrapFilename };
    return isInspected
      ? isolate.compileModule(registrarText(path), options)
      : isolate.compileModuleSync(registrarText(path), options);
  }

  #compileFile(path: string): ivm.Module | Promise<ivm.Module> {
    const known = this.#esModules.get(path);
    if (known !== undefined) return known;
    const module = this.#program.load(path);
    if (module === undefined || module.format !== 'module') {
      throw new LinkError('ERR_MODULE_NOT_FOUND', `Cannot find module '${path}'`);
    }
    const filename = new URL(`file://${encodeURI(path)}`).href;
    return this.#compile(path, module.source, filename, cachedDataOf(this.#program, path));
  }

  #compile(
    key: string,
    source: string,
    filename: string,
    cachedData?: ivm.ExternalCopy<ArrayBuffer>,
  ): ivm.Module | Promise<ivm.Module> {
    const known = this.#esModules.get(key);
    if (known !== undefined) return known;
    if (this.#guest.isInspected) return this.#compileAside(key, source, filename);
    const module = this.#guest.isolate.compileModuleSync(source, {
      filename,
      ...(cachedData !== undefined && { cachedData }),
    });
    this.#esModules.set(key, module);
    this.#paths.set(module, key);
    return module;
  }

  #compileAside(key: string, source: string, filename: string): Promise<ivm.Module> {
    const compiled = this.#guest.isolate.compileModule(source, { filename }).then((module) => {
      this.#paths.set(module, key);
      return module;
    });
    this.#esModules.set(key, compiled);
    return compiled;
  }
}

/**
 * Compiles and runs on the isolate's own thread, where a debugger may stop before a script, and under the
 * names that debuggers know files by.
 */
async function defineInspected(guest: GuestIsolate, program: Program): Promise<void> {
  for (const module of program.modules) {
    if (module.format !== 'commonjs') continue;
    const { code, columnOffset } = commonJsText(module);
    const filename = new URL(`file://${encodeURI(module.path)}`).href;
    const script = await guest.isolate.compileScript(code, { filename, columnOffset });
    await script.run(guest.context, { release: true });
  }
}

function ignoreValue(_value: unknown): undefined {
  return undefined;
}

/** AWS names load failures of ES modules as it does for CommonJS. */
export function describeImportError(error: unknown, failure: FailureMessage): FailureMessage {
  const errorType = importErrorType(error);
  if (errorType === undefined) return failure;
  if (error instanceof LinkError) {
    // Its stack is the host's: nothing of that is for the guest's eyes.
    const errorMessage = `Error [${error.code}]: ${error.message}`;
    return failureOf(errorType, errorMessage, [`${errorType}: ${errorMessage}`]);
  }
  return describeSyntaxError(errorType, failure);
}

/** isolated-vm puts the place behind the message; Node prints it above, on a line of its own. */
function describeSyntaxError(errorType: string, failure: FailureMessage): FailureMessage {
  const found = /^(?<text>.*) \[(?<place>.*:\d+):\d+\]$/s.exec(failure.errorMessage)?.groups;
  const text = `SyntaxError: ${found?.['text'] ?? failure.errorMessage}`;
  const place = found?.['place'];
  return failureOf(errorType, text, place === undefined ? [text] : [place, '', text]);
}

function failureOf(
  errorType: string,
  errorMessage: string,
  trace: readonly string[],
): FailureMessage {
  const logged = JSON.stringify({ errorType, errorMessage, stack: trace });
  return { errorType, errorMessage, trace, logged };
}

function importErrorType(error: unknown): string | undefined {
  if (error instanceof LinkError) {
    const isMissing = error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND';
    return isMissing ? 'Runtime.ImportModuleError' : undefined;
  }
  return error instanceof SyntaxError ? 'Runtime.UserCodeSyntaxError' : undefined;
}
