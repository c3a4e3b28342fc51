import type { DeployOptions } from './deployment/deploy-options.ts';
import type { Deployment } from './deployment/deployment.ts';
import type { TemplateWarning } from './template/warnings.ts';
import type { Lambda } from './lambda.ts';
import type { LambdaOptions } from './lambda-options.ts';

/** Options of `Lambda.fromTemplate`: of the deployment, and of the `Lambda` that is made for it. */
export interface FromTemplateOptions extends DeployOptions, LambdaOptions {
  /** Called with what is not as it would be on AWS. @default a warning of the process for each */
  readonly onWarning?: (warning: TemplateWarning) => void;
}

/**
 * Deploys a template of SAM or CloudFormation, YAML or JSON. What is there already by its name is brought up to
 * date or used as it is. When it fails, what was deployed before stays.
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html
 * @throws {TemplateError} when the template cannot be read, or a resource cannot be deployed
 * @example
 * const { functions, warnings } = await deployTemplate(lambda, 'template.yaml', { parameters: { Stage: 'test' } });
 * await functions.HelloWorldFunction.call({});
 */
export async function deployTemplate(
  lambda: Lambda,
  file: string | URL,
  options: DeployOptions = {},
): Promise<Deployment> {
  // Nobody else pays for reading YAML.
  const { deploy } = await import('./deployment/deploy.ts');
  const { resolveDeployOptions } = await import('./deployment/deploy-options.ts');
  return deploy(lambda, file, resolveDeployOptions(options));
}

/** Makes a `Lambda` and deploys a template into it; nothing of it is left when that fails. */
export async function openTemplate(
  file: string | URL,
  options: FromTemplateOptions,
  open: (options: LambdaOptions) => Promise<Lambda>,
): Promise<Lambda> {
  const { parameters, imports, standIns, stackName, onProgress, onWarning, ...lambdaOptions } =
    options;
  const lambda = await open(lambdaOptions);
  try {
    const { warnings } = await deployTemplate(lambda, file, {
      ...(parameters !== undefined && { parameters }),
      ...(imports !== undefined && { imports }),
      ...(standIns !== undefined && { standIns }),
      ...(stackName !== undefined && { stackName }),
      ...(onProgress !== undefined && { onProgress }),
    });
    for (const warning of warnings) (onWarning ?? warnProcess)(warning);
    return lambda;
  } catch (error) {
    await lambda.close();
    throw error;
  }
}

function warnProcess({ message }: TemplateWarning): void {
  process.emitWarning(message, { type: 'IsolambdaTemplate' });
}
