import type { Properties } from '../properties.ts';
import { withoutUndefined } from './function-resource.ts';

/** `AWS::Lambda::Permission` */
export interface PlannedPermission {
  /** Name or ARN, with or without a version or alias. */
  readonly functionName: string;
  readonly options: {
    readonly action: string;
    readonly principal: string;
    readonly sourceArn?: string;
    readonly sourceAccount?: string;
    readonly principalOrgId?: string;
    readonly functionUrlAuthType?: string;
    readonly invokedViaFunctionUrl?: boolean;
    readonly eventSourceToken?: string;
  };
}

/** `AWS::Lambda::LayerVersionPermission` */
export interface PlannedLayerPermission {
  readonly layerArn: string;
  readonly options: {
    readonly action: string;
    readonly principal: string;
    readonly organizationId?: string;
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html */
export function readPermission(properties: Properties): PlannedPermission {
  return {
    functionName: properties.neededText('FunctionName'),
    options: withoutUndefined({
      action: properties.neededText('Action'),
      principal: properties.neededText('Principal'),
      sourceArn: properties.text('SourceArn'),
      sourceAccount: properties.text('SourceAccount'),
      principalOrgId: properties.text('PrincipalOrgID'),
      functionUrlAuthType: properties.text('FunctionUrlAuthType'),
      invokedViaFunctionUrl: properties.boolean('InvokedViaFunctionUrl'),
      eventSourceToken: properties.text('EventSourceToken'),
    }),
  };
}

export function readLayerPermission(properties: Properties): PlannedLayerPermission {
  return {
    layerArn: properties.neededText('LayerVersionArn'),
    options: withoutUndefined({
      action: properties.neededText('Action'),
      principal: properties.neededText('Principal'),
      organizationId: properties.text('OrganizationId'),
    }),
  };
}
