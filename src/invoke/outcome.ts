import type { ErrorPayload } from '../core/errors.ts';
import type { ResponseBody } from './executor.ts';
import type { Report } from './report.ts';

/** The whole outcome of one invocation. A failed handler is data here, never a thrown error. */
export type InvokeOutcome<Result = unknown> = InvokeSuccess<Result> | InvokeFailure;

/** The handler gave a result. */
export class InvokeSuccess<Result = unknown> {
  readonly status = 'ok';
  readonly requestId: string;
  /** The version that ran: a number, or `$LATEST`. */
  readonly executedVersion: string;
  /** The result as the handler's JSON text. */
  readonly payloadJson: string;
  readonly report: Report;
  /** Bytes and content type of a handler that streams; `payloadJson` is their text then, JSON or not. */
  readonly body: ResponseBody | undefined;

  constructor(
    requestId: string,
    executedVersion: string,
    payloadJson: string,
    report: Report,
    body?: ResponseBody,
  ) {
    this.requestId = requestId;
    this.executedVersion = executedVersion;
    this.payloadJson = payloadJson;
    this.report = report;
    this.body = body;
  }

  /** Of the execution whose result it is, where the function is durable. */
  get executionArn(): string | undefined {
    return undefined;
  }

  /**
   * The result, parsed anew on each read; AWS's payload is text as well. A handler that streams may have
   * written anything: what is not JSON is given as text.
   */
  get result(): Result {
    if (this.body === undefined) return JSON.parse(this.payloadJson) as Result;
    try {
      return JSON.parse(this.payloadJson) as Result;
    } catch {
      return this.payloadJson as Result;
    }
  }
}

/** The handler, or the environment it ran in, failed. AWS: status 200 with `X-Amz-Function-Error`. */
export class InvokeFailure {
  readonly status = 'error';
  /** AWS's value for every kind of function error today. */
  readonly functionError = 'Unhandled';
  readonly requestId: string;
  readonly executedVersion: string;
  readonly error: ErrorPayload;
  readonly report: Report;
  /** isolambda and not the function failed; AWS would answer with a status of 500. */
  readonly isSystemFault: boolean;
  /** Which budget ended a timeout: the time on the wall, or computing time. */
  readonly exhaustedBudget: 'wall' | 'cpu' | undefined;

  constructor(
    requestId: string,
    executedVersion: string,
    error: ErrorPayload,
    report: Report,
    exhaustedBudget: 'wall' | 'cpu' | undefined,
    isSystemFault: boolean,
  ) {
    this.requestId = requestId;
    this.executedVersion = executedVersion;
    this.error = error;
    this.report = report;
    this.exhaustedBudget = exhaustedBudget;
    this.isSystemFault = isSystemFault;
  }

  /** Of the execution that failed, where the function is durable. */
  get executionArn(): string | undefined {
    return undefined;
  }

  /** The error payload as JSON text, fields in AWS's order. */
  get payloadJson(): string {
    return JSON.stringify(this.error);
  }
}
