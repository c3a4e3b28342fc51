import { LambdaFunction } from '../lambda-function.ts';
import { roomsOf } from '../lambda-rooms.ts';
import type { TemplateOutput } from '../template/plan.ts';
import type { TemplateWarning } from '../template/warnings.ts';
import { refreshFunction } from './refresh.ts';
import type { DeployedResource, Stack } from './stack.ts';

/** What a template became. */
export class Deployment {
  /** Absolute path of the template. */
  readonly file: string;
  /** Functions by logical id. */
  readonly functions: Readonly<Record<string, LambdaFunction>>;
  /** All that was deployed, by logical id; what SAM made too. */
  readonly resources: Readonly<Record<string, DeployedResource>>;
  readonly outputs: Readonly<Record<string, TemplateOutput>>;
  /** What is not as it would be on AWS. */
  readonly warnings: readonly TemplateWarning[];
  readonly #stack: Stack;

  constructor(file: string, stack: Stack) {
    this.file = file;
    this.#stack = stack;
    this.resources = Object.freeze(Object.fromEntries(stack.deployed));
    this.functions = Object.freeze(
      Object.fromEntries(
        [...stack.deployed].flatMap(([logicalId, { object }]) =>
          object instanceof LambdaFunction ? [[logicalId, object] as const] : [],
        ),
      ),
    );
    this.outputs = Object.freeze(stack.plan.outputs(stack.find));
    this.warnings = Object.freeze(stack.plan.warnings.all());
  }

  /** Files on disk that each function is made of, by logical id; those of its layers too. */
  get inputs(): Readonly<Record<string, readonly string[]>> {
    const { store } = roomsOf(this.#stack.lambda);
    return Object.fromEntries(
      Object.entries(this.functions).map(([logicalId, { name }]) => {
        const code = store.versions.get(name, '$LATEST').code.loaded?.code;
        const files = [code, ...(code?.layers ?? [])].flatMap((part) => part?.inputFiles ?? []);
        return [logicalId, [...new Set(files)]];
      }),
    );
  }

  /**
   * Reads the code of one function again, and of the layers that it has from this template. Versions and aliases
   * that the template makes of it follow.
   * @throws {TemplateError} when the template has no such function, or the code cannot be read
   */
  async redeploy(logicalId: string): Promise<void> {
    await refreshFunction(this.#stack, logicalId);
  }
}
