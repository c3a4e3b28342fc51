import { functionArn, type Home } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import { ConflictError, FunctionNotFoundError } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import {
  CodeSigningConfigNotFoundError,
  CodeVerificationFailedError,
} from './code-signing-errors.ts';
import {
  resolveCodeSigning,
  type CodeSigningChanges,
  type CodeSigningConfig,
  type CodeSigningConfigs,
  type CodeSigningOptions,
} from './code-signing-options.ts';
import { codeSigningArn, codeSigningDocument, codeSigningKey } from './code-signing-state.ts';
import type { FunctionDirectory } from './directory.ts';
import type { FunctionConfig } from './function-config.ts';
import type { Journal } from './journal.ts';

export interface CodeSigningContext {
  readonly home: Home;
  readonly directory: FunctionDirectory;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** The code-signing configurations of an account, and which functions have them. */
export class CodeSigning implements CodeSigningConfigs {
  readonly #context: CodeSigningContext;
  /** By ARN, in the order of creation. */
  readonly #configs = new Map<string, CodeSigningConfig>();

  constructor(context: CodeSigningContext) {
    this.#context = context;
  }

  async create(options: CodeSigningOptions): Promise<CodeSigningConfig> {
    const { home, ids } = this.#context;
    const id = `csc-${ids.hex32().slice(0, 17)}`;
    const config = this.#config({ id, arn: codeSigningArn(home, id) }, options);
    return this.#write(config.arn, () => config);
  }

  get(arn: string): CodeSigningConfig | undefined {
    return this.#configs.get(arn);
  }

  list(): readonly CodeSigningConfig[] {
    return [...this.#configs.values()];
  }

  async update(arn: string, changes: CodeSigningChanges): Promise<CodeSigningConfig> {
    return this.#write(arn, () => {
      const { id, lastModified: _before, arn: _arn, ...current } = this.#need(arn);
      const given = Object.entries(changes).filter(([, value]) => value !== undefined);
      return this.#config({ id, arn }, { ...current, ...Object.fromEntries(given) });
    });
  }

  async delete(arn: string): Promise<void> {
    return this.#context.journal.commit(`code signing ${arn}`, () => {
      const { id } = this.#need(arn);
      const functions = this.functionsOf(arn);
      if (functions.length > 0) {
        throw new ConflictError(
          `The code signing configuration ${arn} cannot be deleted: functions have it: ${functions.join(', ')}`,
        );
      }
      return {
        stored: () => ({ delete: [codeSigningKey(id)] }),
        apply: () => void this.#configs.delete(arn),
      };
    });
  }

  functionsOf(arn: string): readonly string[] {
    this.#need(arn);
    const entries = this.#context.directory.all();
    return entries
      .filter(({ config }) => config.codeSigningConfigArn === arn)
      .map(({ arn: of }) => of);
  }

  /** Refuses a function's configuration that is not there, and code that it does not take. */
  check(
    config: FunctionConfig,
    change: { readonly attaches: boolean; readonly deploys: boolean },
  ): void {
    const { codeSigningConfigArn: arn, name } = config;
    if (arn === null) return;
    const signing = this.#configs.get(arn);
    if (signing === undefined && change.attaches) throw new CodeSigningConfigNotFoundError(arn);
    // No package has a signature here.
    if (!change.deploys || signing?.untrustedArtifactOnDeployment !== 'Enforce') return;
    throw new CodeVerificationFailedError(functionArn(this.#context.home, name));
  }

  /** After a restart. */
  restore(config: CodeSigningConfig): void {
    this.#configs.set(config.arn, config);
  }

  #config(
    identity: Pick<CodeSigningConfig, 'id' | 'arn'>,
    options: CodeSigningOptions,
  ): CodeSigningConfig {
    const lastModified = new Date(this.#context.clock.now()).toISOString();
    return Object.freeze({ ...identity, ...resolveCodeSigning(options), lastModified });
  }

  async #write(arn: string, make: () => CodeSigningConfig): Promise<CodeSigningConfig> {
    return this.#context.journal.commit(`code signing ${arn}`, () => {
      const config = make();
      return {
        stored: () => ({ put: [codeSigningDocument(config)] }),
        apply: () => {
          this.#configs.set(arn, config);
          return config;
        },
      };
    });
  }

  #need(arn: string): CodeSigningConfig {
    const config = this.#configs.get(arn);
    if (config !== undefined) return config;
    throw new FunctionNotFoundError(
      arn,
      `The Lambda code signing configuration ${arn} can not be found.`,
    );
  }
}
