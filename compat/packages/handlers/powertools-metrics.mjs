import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

const metrics = new Metrics({ namespace: 'shop', serviceName: 'orders' });

export const handler = async () => {
  metrics.addDimension('stage', 'test');
  metrics.addMetric('accepted', MetricUnit.Count, 2);
  metrics.addMetric('accepted', MetricUnit.Count, 3);
  const emf = metrics.serializeMetrics();
  metrics.publishStoredMetrics();
  return { accepted: emf.accepted, stage: emf.stage, stored: metrics.hasStoredMetrics() };
};

export const expected = { accepted: [2, 3], stage: 'test', stored: false };

export const expectedLog = [/"_aws":\{.*"Namespace":"shop".*"Name":"accepted","Unit":"Count"/];
