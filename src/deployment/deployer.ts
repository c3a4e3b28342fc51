import type { Properties } from '../template/properties.ts';
import type { TemplateResource } from '../template/template-resource.ts';
import type { DeployedResource, Stack } from './stack.ts';

/** What a deployer says of what it made. */
export type Deployed = Omit<DeployedResource, 'logicalId' | 'type'>;

/** Makes one resource. `properties`: with every reference looked up. */
export type Deployer = (
  stack: Stack,
  resource: TemplateResource,
  properties: Properties,
) => Promise<Deployed>;
