import { LambdaFunction } from '../lambda-function.ts';
import { roomsOf } from '../lambda-rooms.ts';
import { HttpApi } from '../sources/http/http-api.ts';
import { RestApi } from '../sources/http/rest-api.ts';
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
  /** APIs by logical id; those that SAM makes by itself are `ServerlessRestApi` and `ServerlessHttpApi`. */
  readonly apis: Readonly<Record<string, HttpApi | RestApi>>;
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
    this.functions = objectsOf(stack, (object) => object instanceof LambdaFunction);
    this.apis = objectsOf(
      stack,
      (object) => object instanceof HttpApi || object instanceof RestApi,
    );
    this.outputs = Object.freeze(stack.plan.outputs(stack.find));
    this.warnings = Object.freeze(stack.plan.warnings.all());
  }

  /** Files on disk that each function is made of, by logical id; those of its layers too. Without deleted functions. */
  get inputs(): Readonly<Record<string, readonly string[]>> {
    const { store } = roomsOf(this.#stack.lambda);
    return Object.fromEntries(
      Object.entries(this.functions).flatMap(([logicalId, { name }]) => {
        if (store.find(name) === undefined) return [];
        const code = store.versions.get(name, '$LATEST').code.loaded?.code;
        const files = [code, ...(code?.layers ?? [])].flatMap((part) => part?.inputFiles ?? []);
        return [[logicalId, [...new Set(files)]]];
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

/** What of the deployed is of one kind, by logical id. */
function objectsOf<T extends object>(
  stack: Stack,
  isOfKind: (object: object | undefined) => object is T,
): Readonly<Record<string, T>> {
  const found = [...stack.deployed].flatMap(([logicalId, { object }]) =>
    isOfKind(object) ? [[logicalId, object] as const] : [],
  );
  return Object.freeze(Object.fromEntries(found));
}
