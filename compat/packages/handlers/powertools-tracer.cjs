const { Tracer } = require('@aws-lambda-powertools/tracer');

const tracer = new Tracer({ serviceName: 'orders', enabled: true });

exports.handler = async () => {
  const facade = tracer.getSegment();
  const subsegment = facade.addNewSubsegment('## work');
  tracer.setSegment(subsegment);
  tracer.putAnnotation('orderId', 7);
  tracer.putMetadata('order', { total: 12 });
  const inner = await tracer.provider.captureAsyncFunc('inner', async (segment) => {
    await new Promise((resolve) => setImmediate(resolve));
    segment.close();
    return segment.parent.name;
  });
  tracer.addErrorAsMetadata(new Error('noted'));
  subsegment.close();
  tracer.setSegment(facade);
  return {
    enabled: tracer.isTracingEnabled(),
    root: tracer.getRootXrayTraceId(),
    annotations: subsegment.annotations,
    metadata: subsegment.metadata,
    cause: subsegment.cause.exceptions[0].message,
    inner,
  };
};

exports.expected = {
  enabled: true,
  root: '1-5759e988-bd862e3fe1be46a994272793',
  annotations: { orderId: 7 },
  metadata: { orders: { order: { total: 12 } } },
  cause: 'noted',
  inner: '## work',
};
