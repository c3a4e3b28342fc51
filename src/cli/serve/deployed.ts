import {
  HttpApi,
  RestApi,
  type Deployment,
  type Lambda,
  type LambdaFunction,
} from '../../index.ts';
import { codeOnDisk, deployFile } from '../code-on-disk.ts';
import type { FunctionFlags } from '../function-flags.ts';
import { amend, deployFrom } from '../template.ts';
import type { Terminal } from '../terminal.ts';
import type { VariablesOf } from '../variables.ts';
import type { Reloadable } from './reloader.ts';

export interface DeployedOptions {
  readonly lambda: Lambda;
  readonly files: readonly string[];
  /** Absolute path of the template, if there is one. */
  readonly template: string | undefined;
  readonly flags: FunctionFlags;
  readonly variablesOf: VariablesOf;
  readonly terminal: Terminal;
  readonly cwd: string;
  readonly onWarning: (message: string) => void;
}

/** Files and a template as functions and APIs, and what has to be done when one of their files changes. */
export class Deployed {
  readonly #options: DeployedOptions;
  readonly #files: { readonly path: string; readonly isFolder: boolean; fn: LambdaFunction }[] = [];
  #deployment: Deployment | undefined;

  constructor(options: DeployedOptions) {
    this.#options = options;
  }

  async deploy(): Promise<void> {
    const { lambda, files, cwd } = this.#options;
    for (const file of files) {
      const { path, code } = codeOnDisk(file, cwd, undefined);
      const fn = await deployFile(lambda, file, this.#options);
      this.#files.push({ path, isFolder: 'dir' in code, fn });
    }
    await this.#deployTemplate();
  }

  /** APIs of the template. */
  get apis(): (HttpApi | RestApi)[] {
    return Object.values(this.#deployment?.resources ?? {}).flatMap(({ object }) =>
      object instanceof HttpApi || object instanceof RestApi ? [object] : [],
    );
  }

  /** Everything that can be deployed again by itself, as it is now. */
  get reloadables(): Reloadable[] {
    const { lambda } = this.#options;
    const files = this.#files.map(({ path, isFolder, fn }): Reloadable => {
      const reload = async (): Promise<void> => {
        await deployFile(lambda, path, this.#options);
      };
      return { name: fn.name, inputs: fn.codeInputs, root: isFolder ? path : undefined, reload };
    });
    return [...this.#ofTemplate(), ...files];
  }

  #ofTemplate(): Reloadable[] {
    const deployment = this.#deployment;
    if (deployment === undefined) return [];
    const { functions, inputs, file } = deployment;
    const ofFunctions = Object.entries(functions).map(([logicalId, fn]): Reloadable => {
      const reload = async (): Promise<void> => {
        await deployment.redeploy(logicalId);
        await amend(logicalId, fn, this.#options);
      };
      return { name: logicalId, inputs: inputs[logicalId] ?? [], root: undefined, reload };
    });
    const reload = (): Promise<void> => this.#deployTemplate();
    return [{ name: file, inputs: [file], root: undefined, reload, isAll: true }, ...ofFunctions];
  }

  async #deployTemplate(): Promise<void> {
    const { lambda, template, onWarning } = this.#options;
    if (template === undefined) return;
    const before = this.#deployment;
    const deployment = await deployFrom(lambda, template, this.#options);
    this.#deployment = deployment;
    for (const { message } of deployment.warnings) onWarning(message);
    const kept = new Set(Object.values(deployment.functions).map(({ name }) => name));
    for (const { name } of Object.values(before?.functions ?? {})) {
      // What the template does not describe any more goes, as with a stack.
      if (!kept.has(name)) await lambda.getFunction(name)?.delete();
    }
  }
}
