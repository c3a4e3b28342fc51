import { describe, expectTypeOf, test } from 'vitest';
import type {
  Alias,
  Clock,
  CodeSource,
  ErrorPayload,
  FunctionChanges,
  FunctionOptions,
  FunctionVersion,
  HandlerError,
  Invocable,
  InvokeFailure,
  InvokeOptions,
  InvokeOutcome,
  InvokeSuccess,
  LambdaError,
  LambdaEvents,
  LambdaFunction,
  LambdaOptions,
  LogLine,
  Report,
} from '../../src/index.ts';
import { Lambda, SystemClock } from '../../src/index.ts';

interface Order {
  readonly orderId: string;
}

interface Receipt {
  readonly totalCents: number;
}

declare const lambda: Lambda;
declare const orders: LambdaFunction<Order, Receipt>;

describe('Lambda', () => {
  test('takes no options, or any of them', () => {
    expectTypeOf(Lambda).toBeConstructibleWith();
    expectTypeOf(Lambda).toBeConstructibleWith({ seed: 1, blanks: 0, clock: new SystemClock() });
    expectTypeOf<LambdaOptions>().toEqualTypeOf<Partial<LambdaOptions>>();
    // @ts-expect-error a misspelt option
    expectTypeOf(Lambda).toBeConstructibleWith({ concurency: 1 });
  });

  test('a function has the event and the result it was created with', () => {
    const options: FunctionOptions = { name: 'orders', code: { source: '' } };
    expectTypeOf(lambda.createFunction<Order, Receipt>(options)).resolves.toEqualTypeOf<
      LambdaFunction<Order, Receipt>
    >();
    expectTypeOf(lambda.createFunction(options)).resolves.toEqualTypeOf<LambdaFunction>();
    expectTypeOf(lambda.getFunction<Order, Receipt>('orders')).toEqualTypeOf<
      LambdaFunction<Order, Receipt> | undefined
    >();
  });

  test('a reference can be called with the result named', () => {
    expectTypeOf(lambda.call<Receipt>('orders:live', {})).resolves.toEqualTypeOf<Receipt>();
    expectTypeOf(lambda.invoke<Receipt>('orders')).resolves.toEqualTypeOf<InvokeOutcome<Receipt>>();
    expectTypeOf(lambda.call('orders')).resolves.toBeUnknown();
  });

  test('listeners get the payload of their event', () => {
    lambda.on('invocation.finished', (event) => {
      expectTypeOf(event).toEqualTypeOf<LambdaEvents['invocation.finished']>();
      expectTypeOf(event.report.durationMs).toBeNumber();
      expectTypeOf(event.error).toEqualTypeOf<ErrorPayload | undefined>();
    });
    expectTypeOf<ReturnType<Lambda['on']>>().toEqualTypeOf<Lambda>();
    // @ts-expect-error no such event
    lambda.on('invocation.finish', () => {});
  });

  test('every event says when it happened', () => {
    expectTypeOf<LambdaEvents[keyof LambdaEvents]>().toExtend<{ readonly at: number }>();
  });

  test('can be closed by `await using`', () => {
    expectTypeOf(lambda).toExtend<AsyncDisposable>();
    expectTypeOf<Parameters<Lambda['close']>>().toEqualTypeOf<
      [options?: { readonly drainMs?: number } | undefined]
    >();
    expectTypeOf(lambda.clock).toEqualTypeOf<Clock>();
    expectTypeOf(lambda.readLogs()).toEqualTypeOf<LogLine[]>();
  });
});

describe('Invocable', () => {
  test('functions, versions and aliases are called alike', () => {
    type Orders = Invocable<Order, Receipt>;
    expectTypeOf<LambdaFunction<Order, Receipt>>().toExtend<Orders>();
    expectTypeOf<FunctionVersion<Order, Receipt>>().toExtend<Orders>();
    expectTypeOf<Alias<Order, Receipt>>().toExtend<Orders>();
    expectTypeOf(orders.publishVersion()).resolves.toEqualTypeOf<FunctionVersion<Order, Receipt>>();
    expectTypeOf(orders.createAlias('live', { version: '1' })).resolves.toEqualTypeOf<
      Alias<Order, Receipt>
    >();
  });

  test('call takes the event and gives the result', () => {
    expectTypeOf<Parameters<LambdaFunction<Order>['call']>>().toEqualTypeOf<
      [event?: Order | undefined, options?: InvokeOptions | undefined]
    >();
    expectTypeOf(orders.call({ orderId: '1' })).resolves.toEqualTypeOf<Receipt>();
    // @ts-expect-error not an order
    void orders.call({ id: 1 });
  });

  test('invoke gives an outcome that `status` tells apart', async () => {
    const outcome = await orders.invoke({ orderId: '1' });
    expectTypeOf(outcome).toEqualTypeOf<InvokeSuccess<Receipt> | InvokeFailure>();
    expectTypeOf(outcome.report).toEqualTypeOf<Report>();
    if (outcome.status === 'ok') {
      expectTypeOf(outcome.result).toEqualTypeOf<Receipt>();
    } else {
      expectTypeOf(outcome.error).toEqualTypeOf<ErrorPayload>();
      expectTypeOf(outcome.exhaustedBudget).toEqualTypeOf<'wall' | 'cpu' | undefined>();
    }
  });

  test('the report tells a cold start by its init', () => {
    expectTypeOf<Report['initDurationMs']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Report['isCold']>().toBeBoolean();
  });
});

describe('options', () => {
  test('a function needs a name and code, and nothing else', () => {
    expectTypeOf<{ name: string; code: CodeSource }>().toExtend<FunctionOptions>();
    // @ts-expect-error no code
    expectTypeOf<{ name: string }>().toExtend<FunctionOptions>();
  });

  test('code comes in four shapes', () => {
    expectTypeOf<{ source: string; format?: 'module' }>().toExtend<CodeSource>();
    expectTypeOf<{ file: URL }>().toExtend<CodeSource>();
    expectTypeOf<{ dir: string }>().toExtend<CodeSource>();
    expectTypeOf<{ zip: Uint8Array }>().toExtend<CodeSource>();
  });

  test('an update changes anything but the name', () => {
    expectTypeOf<FunctionChanges>().toEqualTypeOf<Partial<Omit<FunctionOptions, 'name'>>>();
    expectTypeOf<keyof FunctionChanges>().toEqualTypeOf<Exclude<keyof FunctionOptions, 'name'>>();
  });
});

test('errors have a class and a stable code', () => {
  expectTypeOf<HandlerError>().toExtend<LambdaError>();
  expectTypeOf<LambdaError>().toExtend<Error>();
  expectTypeOf<HandlerError['code']>().toEqualTypeOf<'ERR_HANDLER'>();
});
