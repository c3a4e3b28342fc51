import { limits } from '../core/limits.ts';
import { BrokerError } from './broker-error.ts';
import { MoveTask, type MoveRoute } from './move-task.ts';

/** The move tasks out of one dead-letter queue: one at a time. */
export class MoveTasks {
  #tasks: readonly MoveTask[] = [];

  /** The last 10, the newest first. */
  get list(): readonly MoveTask[] {
    return this.#tasks;
  }

  /** @throws BrokerError `InvalidParameterValue` while another one runs */
  start(route: MoveRoute): MoveTask {
    if (this.#tasks.some(({ status }) => status === 'RUNNING' || status === 'CANCELLING')) {
      throw new BrokerError(
        'InvalidParameterValue',
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
    }
    const task = new MoveTask(route);
    this.#tasks = [task, ...this.#tasks.slice(0, limits.sqs.listedMoveTasks - 1)];
    return task;
  }

  cancelAll(): void {
    for (const task of this.#tasks) task.cancel();
  }
}
