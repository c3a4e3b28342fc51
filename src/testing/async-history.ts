import { AssertionError } from 'node:assert';
import { InvalidOptionError } from '../core/errors.ts';
import type { AsyncFacts, DeliveryFacts, LambdaEvents } from '../core/events.ts';
import { checkInteger, checkKnownKeys } from '../core/options.ts';

/** What a `Lambda` tells; the history listens to nothing else. */
export interface EventSource {
  on<Name extends keyof LambdaEvents>(
    name: Name,
    listener: (event: LambdaEvents[Name]) => void,
  ): unknown;
}

/** How far an asynchronous event has come. */
export type AsyncState = 'waiting' | 'succeeded' | 'dropped' | 'abandoned';

/** What became of one asynchronous event so far. */
export interface AsyncStory {
  readonly requestId: string;
  readonly functionName: string;
  readonly qualifier: string;
  readonly state: AsyncState;
  /** Epoch milliseconds at which the handler was started, on the clock of the `Lambda`. */
  readonly attemptedAt: readonly number[];
  /** `Success`, or why it was given up; `undefined` while it waits. */
  readonly condition: string | undefined;
  /** ARNs of the queues, topics and the like that its record or letter reached; `callback` for a callback. */
  readonly places: readonly string[];
  /** What could not be delivered, and why. */
  readonly failedDeliveries: readonly string[];
  /** All of it in words, one line each. */
  readonly lines: readonly string[];
}

/** What is expected of an event that ended. */
export interface EndExpectation {
  /** How often the handler was started. @default any number of times */
  readonly attempts?: number;
  /** `Success`, `RetriesExhausted`, `EventAgeExceeded`, ... @default any */
  readonly condition?: string;
}

interface Story extends AsyncStory {
  readonly startedAt: number;
  state: AsyncState;
  condition: string | undefined;
  nextAt: number | undefined;
  /** The attempt of which nothing is known yet: its number, and where its line is. */
  openAttempt: { readonly number: number; readonly line: number } | undefined;
  readonly attemptedAt: number[];
  readonly places: string[];
  readonly failedDeliveries: string[];
  readonly lines: string[];
}

/**
 * Remembers what becomes of asynchronous events, by what the `Lambda` tells from now on.
 * @example
 * const history = new AsyncHistory(lambda);
 * const { requestId } = await orders.send({ id: 1 });
 * await clock.advance(180_000);
 * history.expectEndedIn(letters, requestId, { attempts: 3 });
 */
export class AsyncHistory {
  readonly #stories = new Map<string, Story>();
  readonly #undelivered: string[] = [];

  constructor(source: EventSource) {
    source.on('async.accepted', (event) => void this.#story(event));
    source.on('async.attempted', (event) => this.#attempted(event));
    source.on('async.retried', (event) => this.#retried(event));
    source.on('async.succeeded', (event) => {
      this.#attemptEnded(event, event.invokeCount);
      this.#ended(event, 'succeeded', 'Success');
    });
    source.on('async.dropped', (event) => {
      this.#attemptEnded(event, event.invokeCount);
      this.#ended(event, 'dropped', event.condition);
    });
    source.on('async.abandoned', (event) => this.#ended(event, 'abandoned', undefined));
    source.on('destination.delivered', (event) => this.#reached(event, 'record'));
    source.on('deadLetter.sent', (event) => this.#reached(event, 'letter'));
    source.on('destination.failed', (event) => this.#failed(event, 'record', event.reason));
    source.on('deadLetter.failed', (event) => this.#failed(event, 'letter', event.reason));
    source.on('delivery.failed', ({ from, to, reason }) => {
      this.#undelivered.push(`${from}: a message for ${to} could not be delivered: ${reason}`);
    });
  }

  /** What became of the event with that request id; `undefined` for one that was never seen. */
  of(requestId: string): AsyncStory | undefined {
    return this.#stories.get(requestId);
  }

  /** Every event so far, in the order in which they were accepted. */
  all(): readonly AsyncStory[] {
    return [...this.#stories.values()];
  }

  /**
   * Checks that the record or the letter of an event reached a place: a queue or anything else with an
   * `arn`, an ARN, or `callback`.
   * @throws AssertionError that tells what happened instead
   */
  expectEndedIn(
    place: string | { readonly arn: string },
    requestId: string,
    expected: EndExpectation = {},
  ): void {
    checkKnownKeys('expected', expected, ['attempts', 'condition']);
    const { attempts, condition } = expected;
    if (attempts !== undefined) checkInteger('attempts', attempts, { min: 0, max: 1_000_000 });
    const arn = arnOf(place);
    const story = this.#stories.get(requestId);
    const hasEnded = story?.places.includes(arn) === true;
    const isAsOften = attempts === undefined || story?.attemptedAt.length === attempts;
    const isSo = condition === undefined || story?.condition === condition;
    if (hasEnded && isAsOften && isSo) return;
    throw new AssertionError({
      message: `Expected the event ${requestId} to end in ${arn}${inWords(expected)}.\n${this.#tell(story)}`,
      actual: story && {
        places: story.places,
        attempts: story.attemptedAt.length,
        condition: story.condition,
      },
      expected: { places: [arn], ...expected },
      operator: 'expectEndedIn',
    });
  }

  /**
   * What nobody dealt with so far, in words: events that still wait, events that were given up and reached no
   * place, deliveries that failed. `nowMs` is the time on the clock of the `Lambda`.
   */
  leftovers(nowMs: number): string[] {
    const stories = [...this.#stories.values()].flatMap((story) => leftoversOf(story, nowMs));
    return [...stories, ...this.#undelivered];
  }

  #attempted(event: LambdaEvents['async.attempted']): void {
    const story = this.#story(event);
    story.attemptedAt.push(event.at);
    story.openAttempt = { number: event.attempt, line: story.lines.length };
    story.nextAt = undefined;
    tell(story, event.at, `attempt ${event.attempt}`);
  }

  /** `invokeCount` says how often the handler was started: a throttled attempt, for one, did not start it. */
  #attemptEnded(event: AsyncFacts, invokeCount: number): void {
    const story = this.#story(event);
    const { openAttempt } = story;
    story.openAttempt = undefined;
    if (openAttempt === undefined || invokeCount >= openAttempt.number) return;
    story.attemptedAt.pop();
    story.lines.splice(openAttempt.line, 1);
  }

  #retried(event: LambdaEvents['async.retried']): void {
    const story = this.#story(event);
    // After a lost lease nobody knows what the handler did.
    if (event.reason !== 'lease-lost') this.#attemptEnded(event, event.invokeCount);
    story.nextAt = event.at + event.delayMs;
    tell(story, event.at, `${event.reason}, comes again in ${seconds(event.delayMs)}`);
  }

  #ended(event: AsyncFacts, state: AsyncState, condition: string | undefined): void {
    const story = this.#story(event);
    story.state = state;
    story.condition = condition;
    story.nextAt = undefined;
    const why = state === 'dropped' ? `given up: ${condition}` : state;
    tell(story, event.at, why);
  }

  #reached(event: DeliveryFacts, what: string): void {
    const story = this.#story(event);
    story.places.push(event.to);
    tell(story, event.at, `its ${what} reached ${event.to}`);
  }

  #failed(event: DeliveryFacts, what: string, reason: string): void {
    const story = this.#story(event);
    const problem = `its ${what} could not be delivered to ${event.to}: ${reason}`;
    story.failedDeliveries.push(problem);
    tell(story, event.at, problem);
  }

  #story({ at, requestId, functionName, qualifier }: AsyncFacts): Story {
    const known = this.#stories.get(requestId);
    if (known !== undefined) return known;
    const story: Story = {
      ...{ requestId, functionName, qualifier },
      startedAt: at,
      state: 'waiting',
      condition: undefined,
      nextAt: undefined,
      openAttempt: undefined,
      ...{ attemptedAt: [], places: [], failedDeliveries: [], lines: [] },
    };
    tell(story, at, `accepted for ${functionName}:${qualifier}`);
    this.#stories.set(requestId, story);
    return story;
  }

  #tell(story: Story | undefined): string {
    if (story !== undefined) return ['What happened:', ...story.lines].join('\n  ');
    const known = [...this.#stories.keys()].slice(0, 10);
    if (known.length === 0) return 'No event was sent.';
    return `No such event was sent. The events: ${known.join(', ')}`;
  }
}

function arnOf(place: unknown): string {
  const arn: unknown =
    typeof place === 'object' && place !== null && 'arn' in place ? place.arn : place;
  if (typeof arn === 'string') return arn;
  throw new InvalidOptionError('place', 'something with an `arn`, an ARN, or "callback"', place);
}

function inWords({ attempts, condition }: EndExpectation): string {
  const often = attempts === undefined ? '' : ` after ${attempts} ${plural(attempts, 'attempt')}`;
  return condition === undefined ? often : `${often} with the condition ${condition}`;
}

function leftoversOf(story: Story, nowMs: number): string[] {
  const { functionName, requestId, state, condition, attemptedAt, places, failedDeliveries } =
    story;
  const name = `${functionName}: the event ${requestId}`;
  const times = `after ${attemptedAt.length} ${plural(attemptedAt.length, 'attempt')}`;
  if (state === 'waiting') {
    const next =
      story.nextAt === undefined ? '' : `, the next comes in ${seconds(story.nextAt - nowMs)}`;
    return [`${name} still waits ${times}${next}`];
  }
  if (state === 'abandoned') return [`${name} was abandoned ${times}`];
  const failed = failedDeliveries.map((problem) => `${name}: ${problem}`);
  const isLost = state === 'dropped' && places.length === 0 && failed.length === 0;
  return isLost ? [`${name} was given up ${times} (${condition}), and nothing took it`] : failed;
}

function tell(story: Story, at: number, text: string): void {
  story.lines.push(`${seconds(at - story.startedAt)}: ${text}`);
}

function seconds(ms: number): string {
  return `${ms / 1_000} s`;
}

function plural(count: number, noun: string): string {
  return count === 1 ? noun : `${noun}s`;
}
