import type { TemplateMap, TemplatePath } from './template-value.ts';

/** A resource of a template, or one that a transform made. */
export interface TemplateResource {
  readonly logicalId: string;
  /** Such as `AWS::SQS::Queue`. */
  readonly type: string;
  /** What refers to other resources is still a call. */
  readonly properties: TemplateMap;
  readonly metadata: TemplateMap;
  readonly dependsOn: readonly string[];
  /** Where its properties stand in the template, or what it was made of. */
  readonly path: TemplatePath;
}
