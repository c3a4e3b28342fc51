import { resolveHome } from '../../src/core/arn.ts';
import { TemplatePlan, type PlanOptions } from '../../src/template/plan.ts';
import { readTemplate } from '../../src/template/read-template.ts';
import type { TemplateValue } from '../../src/template/template-value.ts';

const deployable = new Set([
  'AWS::DynamoDB::Table',
  'AWS::Events::Rule',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::LayerVersion',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Url',
  'AWS::Lambda::Version',
  'AWS::S3::Bucket',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::Scheduler::Schedule',
  'AWS::Serverless::Api',
  'AWS::Serverless::HttpApi',
]);

/** Plans the text of a template, for a stack `shop` in us-east-1. */
export function planOf(text: string, options: Partial<PlanOptions> = {}): TemplatePlan {
  return new TemplatePlan(readTemplate(text, 'template.yaml'), {
    home: resolveHome({ region: 'us-east-1', accountId: '123456789012' }),
    stackName: 'shop',
    parameters: {},
    imports: {},
    standIns: {},
    deployable,
    ...options,
  });
}

/** What a reference gives in tests: `<Queue>`, `<Queue.Arn>`. */
function named(logicalId: string, attribute: string | undefined): string {
  return attribute === undefined ? `<${logicalId}>` : `<${logicalId}.${attribute}>`;
}

/** The properties of each resource after the transform, in the order of deployment, with references named. */
export function plannedProperties(plan: TemplatePlan): Record<string, TemplateValue> {
  return Object.fromEntries(
    plan.resources.map((resource) => [resource.logicalId, plan.propertiesOf(resource, named).all]),
  );
}

/** What a value in an output comes to, in a template with one queue `Queue`. */
export function valueOf(value: string, sections = '', options: Partial<PlanOptions> = {}): string {
  const text = `${sections}
Resources:
  Queue: { Type: AWS::SQS::Queue }
Outputs:
  Result:
    Value: ${value}`;
  return planOf(text, options).outputs(named)['Result']?.value ?? '(left out)';
}
