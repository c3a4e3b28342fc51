export { awsClientConfig } from './aws-client-config.ts';
export type { AwsClientConfig, AwsCredentials } from './aws-client-config.ts';
export { requestHandler } from './request-handler.ts';
export type { SdkRequest, SdkRequestHandler, SdkResponse } from './request-handler.ts';
export { serve } from './server.ts';
export type { ApiServer, ServeOptions } from './server.ts';
