import { checkQualifier, functionArn } from '../core/arn.ts';
import { FunctionNotFoundError } from '../core/errors.ts';
import { versionOf, type FunctionDirectory, type FunctionEntry } from './directory.ts';
import { latestVersion } from './function-record.ts';
import { functionDocument } from './function-state.ts';
import type { Journal } from './journal.ts';
import {
  automatic,
  resolveRuntimeManagement,
  type RuntimeManagementConfig,
  type RuntimeManagementOptions,
} from './runtime-management-options.ts';

/** The setting of each version; a version that was published has its own, and begins with `Auto`. */
export class RuntimeManagement {
  readonly #directory: FunctionDirectory;
  readonly #journal: Journal;

  constructor(directory: FunctionDirectory, journal: Journal) {
    this.#directory = directory;
    this.#journal = journal;
  }

  get(reference: string, version: string = latestVersion): RuntimeManagementConfig {
    const entry = this.#need(reference, version);
    return entry.runtimeManagement.get(version) ?? automatic;
  }

  async put(
    reference: string,
    options: RuntimeManagementOptions,
    version: string = latestVersion,
  ): Promise<RuntimeManagementConfig> {
    const config = resolveRuntimeManagement(options);
    return this.#journal.commit(this.#directory.nameOf(reference), () => {
      const entry = this.#need(reference, version);
      const runtimeManagement = new Map(entry.runtimeManagement).set(version, config);
      return {
        stored: () => ({ put: [functionDocument({ ...entry, runtimeManagement })] }),
        apply: () => {
          entry.runtimeManagement = runtimeManagement;
          return config;
        },
      };
    });
  }

  #need(reference: string, version: string): FunctionEntry {
    checkQualifier('version', version);
    const entry = this.#directory.need(reference);
    if (versionOf(entry, version) !== undefined) return entry;
    const arn = functionArn(this.#directory.home, entry.name, version);
    throw new FunctionNotFoundError(arn, `Function not found: ${arn}`);
  }
}
