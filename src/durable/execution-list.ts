import { functionArn, type Home } from '../core/arn.ts';
import type { Execution, ExecutionFacts, ExecutionStatus } from './execution.ts';

/** Which executions somebody wants to see. */
export interface ExecutionFilter {
  readonly functionName: string;
  /** A number or `$LATEST`. @default all */
  readonly version?: string | undefined;
  readonly name?: string | undefined;
  readonly statuses?: readonly ExecutionStatus[] | undefined;
  /** Epoch milliseconds. */
  readonly startedAfterMs?: number | undefined;
  readonly startedBeforeMs?: number | undefined;
}

/** The executions of one `Lambda` by id, by ARN and by name. */
export class ExecutionList {
  readonly #byId = new Map<string, Execution>();
  readonly #byName = new Map<string, Execution>();

  add(execution: Execution): void {
    const { facts } = execution;
    this.#byId.set(facts.id, execution);
    this.#byName.set(nameKey(facts.functionName, facts.name), execution);
  }

  remove(execution: Execution): void {
    const { facts } = execution;
    this.#byId.delete(facts.id);
    const key = nameKey(facts.functionName, facts.name);
    if (this.#byName.get(key) === execution) this.#byName.delete(key);
  }

  byId(id: string): Execution | undefined {
    return this.#byId.get(id);
  }

  byArn(arn: string): Execution | undefined {
    const execution = this.#byId.get(arn.slice(arn.lastIndexOf('/') + 1));
    return execution?.facts.arn === arn ? execution : undefined;
  }

  /** Names are unique for a function, whatever its version. */
  byName(functionName: string, name: string): Execution | undefined {
    return this.#byName.get(nameKey(functionName, name));
  }

  all(): IterableIterator<Execution> {
    return this.#byId.values();
  }

  /** The oldest first. */
  find(filter: ExecutionFilter): Execution[] {
    return [...this.#byId.values()]
      .filter((execution) => fits(execution, filter))
      .sort((a, b) => a.facts.startedMs - b.facts.startedMs);
  }
}

function fits({ facts, head }: Execution, filter: ExecutionFilter): boolean {
  const { functionName, version, name, statuses, startedAfterMs, startedBeforeMs } = filter;
  return (
    facts.functionName === functionName &&
    (version === undefined || facts.version === version) &&
    (name === undefined || facts.name === name) &&
    (statuses === undefined || statuses.length === 0 || statuses.includes(head.status)) &&
    (startedAfterMs === undefined || facts.startedMs > startedAfterMs) &&
    (startedBeforeMs === undefined || facts.startedMs < startedBeforeMs)
  );
}

function nameKey(functionName: string, name: string): string {
  return `${functionName}/${name}`;
}

/** `{qualified function arn}/durable-execution/{name}/{id}` */
export function executionArn(
  home: Home,
  {
    functionName,
    version,
    name,
    id,
  }: Pick<ExecutionFacts, 'functionName' | 'version' | 'name' | 'id'>,
): string {
  return `${functionArn(home, functionName, version)}/durable-execution/${name}/${id}`;
}
