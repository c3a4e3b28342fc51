const AWSXRay = require('aws-xray-sdk-core');

AWSXRay.setContextMissingStrategy('RUNTIME_ERROR');

exports.handler = async () => {
  // Inside of Lambda the SDK makes the segment itself, from _X_AMZN_TRACE_ID.
  const root = AWSXRay.getSegment();
  const names = await Promise.all(
    ['left', 'right'].map((name) =>
      AWSXRay.captureAsyncFunc(
        name,
        async (segment) => {
          await new Promise((resolve) => setImmediate(resolve));
          segment.addAnnotation('side', name);
          const seen = AWSXRay.captureFunc('leaf', (leaf) => leaf.parent.name, segment);
          segment.close();
          return seen;
        },
        root,
      ),
    ),
  );
  const failing = AWSXRay.captureFunc('sum', (segment) =>
    segment.format().includes('"name":"sum"'),
  );
  return { trace: root.trace_id, names, failing };
};

exports.expected = {
  trace: '1-5759e988-bd862e3fe1be46a994272793',
  names: ['left', 'right'],
  failing: true,
};
