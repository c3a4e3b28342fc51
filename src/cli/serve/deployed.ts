import type { Deployment, HttpApi, Lambda, RestApi } from '../../index.ts';
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
  readonly #files: { readonly path: string; readonly isFolder: boolean; readonly name: string }[] =
    [];
  #deployment: Deployment | undefined;

  constructor(options: DeployedOptions) {
    this.#options = options;
  }

  async deploy(): Promise<void> {
    const { lambda, files, cwd } = this.#options;
    for (const file of files) {
      const { path, code } = codeOnDisk(file, cwd, undefined);
      const { name } = await deployFile(lambda, file, this.#options);
      this.#files.push({ path, isFolder: 'dir' in code, name });
    }
    await this.#deployTemplate();
  }

  /** APIs of the template. */
  get apis(): (HttpApi | RestApi)[] {
    return Object.values(this.#deployment?.apis ?? {});
  }

  /** Outputs of the template, by their names. */
  get outputs(): Readonly<Record<string, string>> {
    const outputs = Object.entries(this.#deployment?.outputs ?? {});
    return Object.fromEntries(outputs.map(([name, { value }]) => [name, value]));
  }

  /** Everything that can be deployed again by itself, as it is now. */
  get reloadables(): Reloadable[] {
    const { lambda } = this.#options;
    const files = this.#files.flatMap(({ path, isFolder, name }): Reloadable[] => {
      // Clients may delete it.
      const inputs = lambda.getFunction(name)?.codeInputs;
      if (inputs === undefined) return [];
      const reload = async (): Promise<void> => {
        await deployFile(lambda, path, this.#options);
      };
      return [{ name, inputs, root: isFolder ? path : undefined, reload }];
    });
    return [...this.#ofTemplate(), ...files];
  }

  #ofTemplate(): Reloadable[] {
    const deployment = this.#deployment;
    if (deployment === undefined) return [];
    const { functions, inputs, file } = deployment;
    const ofFunctions = Object.entries(functions).flatMap(([logicalId, fn]): Reloadable[] => {
      if (inputs[logicalId] === undefined) return [];
      const reload = async (): Promise<void> => {
        await deployment.redeploy(logicalId);
        await amend(logicalId, fn, this.#options);
      };
      return [{ name: logicalId, inputs: inputs[logicalId], root: undefined, reload }];
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
    if (before !== undefined) await this.#removeRest(before, deployment);
  }

  /** What the template does not describe any more goes, as with a stack. */
  async #removeRest(before: Deployment, now: Deployment): Promise<void> {
    const apis = new Set(Object.values(now.apis));
    for (const api of Object.values(before.apis)) if (!apis.has(api)) api.delete();
    const kept = new Set(Object.values(now.functions).map(({ name }) => name));
    for (const { name } of Object.values(before.functions)) {
      if (!kept.has(name)) await this.#options.lambda.getFunction(name)?.delete();
    }
  }
}
