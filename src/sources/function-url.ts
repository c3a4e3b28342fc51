import type { FunctionUrls } from './function-urls.ts';
import type { FunctionUrlChanges, FunctionUrlConfig } from './function-url-options.ts';

/** The URL of a function or of an alias; stays right when it is changed. */
export class FunctionUrl {
  /** `https://{id}.lambda-url.{region}.on.aws/`; never changes. */
  readonly url: string;
  readonly id: string;
  readonly functionName: string;
  /** Of the alias that it belongs to; `undefined` for the function itself. */
  readonly alias: string | undefined;
  readonly #urls: FunctionUrls;

  constructor(urls: FunctionUrls, { id, functionName, alias }: FunctionUrlConfig, region: string) {
    this.url = `https://${id}.lambda-url.${region}.on.aws/`;
    this.id = id;
    this.functionName = functionName;
    this.alias = alias;
    this.#urls = urls;
  }

  /** Settings as they are now. @throws {FunctionUrlNotFoundError} when it was deleted */
  get config(): FunctionUrlConfig {
    return this.#urls.get(this.functionName, this.alias);
  }

  /** What is left out stays; `cors: null` takes it away. */
  async update(changes: FunctionUrlChanges): Promise<void> {
    await this.#urls.update(this.functionName, this.alias, changes);
  }

  async delete(): Promise<void> {
    await this.#urls.delete(this.functionName, this.alias);
  }
}
