/** Operations whose action has another name than they. */
const otherNames: Readonly<Record<string, string>> = {
  Invoke: 'InvokeFunction',
  InvokeAsync: 'InvokeFunction',
  InvokeWithResponseStream: 'InvokeFunction',
  GetLayerVersionByArn: 'GetLayerVersion',
};

/**
 * The action that policies name for an operation of AWS's API.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 */
export function actionOf(operation: string): string {
  const name = Object.hasOwn(otherNames, operation) ? otherNames[operation] : operation;
  return `lambda:${name}`;
}
