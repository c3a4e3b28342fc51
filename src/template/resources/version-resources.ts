import { codeLocation, type CodeLocation } from '../code-location.ts';
import type { Properties } from '../properties.ts';
import type { TemplateMap } from '../template-value.ts';
import { withoutUndefined } from './function-resource.ts';

/** `AWS::Lambda::Version` */
export interface PlannedVersion {
  /** Name or ARN. */
  readonly functionName: string;
  readonly description: string | undefined;
  readonly provisioned: number | undefined;
}

/** `AWS::Lambda::Alias` */
export interface PlannedAlias {
  readonly functionName: string;
  readonly name: string;
  readonly options: {
    readonly version: string;
    readonly description?: string;
    readonly weights?: Readonly<Record<string, number>>;
  };
  readonly provisioned: number | undefined;
}

/** `AWS::Lambda::LayerVersion` */
export interface PlannedLayer {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly content: CodeLocation;
  readonly info: {
    readonly compatibleRuntimes?: readonly string[];
    readonly compatibleArchitectures?: readonly string[];
    readonly licenseInfo?: string;
  };
}

/** `AWS::Lambda::EventInvokeConfig` */
export interface PlannedAsync {
  readonly functionName: string;
  readonly qualifier: string;
  readonly options: {
    readonly maxRetries?: number;
    readonly maxEventAgeMs?: number;
    /** ARNs. */
    readonly onSuccess?: string;
    readonly onFailure?: string;
  };
}

export function readVersion(properties: Properties): PlannedVersion {
  properties.ignore('CodeSha256', 'RuntimePolicy');
  return {
    functionName: properties.neededText('FunctionName'),
    description: properties.text('Description'),
    provisioned: provisionedOf(properties),
  };
}

export function readAlias(properties: Properties): PlannedAlias {
  const routes = properties.map('RoutingConfig')?.maps('AdditionalVersionWeights') ?? [];
  const weights = routes.map((route): [string, number] => [
    route.neededText('FunctionVersion'),
    route.number('FunctionWeight') ?? 0,
  ]);
  return {
    functionName: properties.neededText('FunctionName'),
    name: properties.neededText('Name'),
    options: withoutUndefined({
      version: properties.neededText('FunctionVersion'),
      description: properties.text('Description'),
      weights: weights.length === 0 ? undefined : Object.fromEntries(weights),
    }),
    provisioned: provisionedOf(properties),
  };
}

function provisionedOf(properties: Properties): number | undefined {
  return properties.map('ProvisionedConcurrencyConfig')?.integer('ProvisionedConcurrentExecutions');
}

export function readLayer(properties: Properties, metadata: TemplateMap): PlannedLayer {
  return {
    name: properties.text('LayerName'),
    description: properties.text('Description'),
    content: codeLocation(properties, 'Content', metadata),
    info: withoutUndefined({
      compatibleRuntimes: properties.texts('CompatibleRuntimes'),
      compatibleArchitectures: properties.texts('CompatibleArchitectures'),
      licenseInfo: properties.text('LicenseInfo'),
    }),
  };
}

export function readAsync(properties: Properties): PlannedAsync {
  const destinations = properties.map('DestinationConfig');
  return {
    functionName: properties.neededText('FunctionName'),
    qualifier: properties.text('Qualifier') ?? '$LATEST',
    options: withoutUndefined({
      maxRetries: properties.integer('MaximumRetryAttempts'),
      maxEventAgeMs: properties.seconds('MaximumEventAgeInSeconds'),
      onSuccess: destinationOf(destinations, 'OnSuccess'),
      onFailure: destinationOf(destinations, 'OnFailure'),
    }),
  };
}

/** `Type` is SAM's, and the ARN says it. */
export function destinationOf(
  destinations: Properties | undefined,
  side: string,
): string | undefined {
  const destination = destinations?.map(side);
  destination?.ignore('Type');
  return destination?.text('Destination');
}
