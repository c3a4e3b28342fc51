const { context, trace } = require('@opentelemetry/api');
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks');
const {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} = require('@opentelemetry/sdk-trace-base');

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
trace.setGlobalTracerProvider(provider);
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const tracer = trace.getTracer('shop');

const work = (name) =>
  tracer.startActiveSpan(name, async (outer) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    // The parent is found through AsyncLocalStorage, in two flows at the same time.
    await tracer.startActiveSpan(`${name}.inner`, async (inner) => {
      await null;
      inner.end();
    });
    outer.end();
  });

exports.handler = async () => {
  await Promise.all([work('a'), work('b')]);
  const spans = exporter.getFinishedSpans();
  const nameOf = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
  return spans
    .map(
      ({ name, parentSpanContext }) =>
        `${name} in ${nameOf.get(parentSpanContext?.spanId) ?? 'root'}`,
    )
    .sort();
};

exports.expected = ['a in root', 'a.inner in a', 'b in root', 'b.inner in b'];
