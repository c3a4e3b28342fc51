import { deployLayerPermission, deployPermission } from './access-deployers.ts';
import { deployHttpApi, deployRestApi } from './api-deployers.ts';
import {
  deployBucket,
  deployQueue,
  deployStream,
  deploySubscription,
  deployTable,
  deployTopic,
} from './broker-deployers.ts';
import { deployArchive, deployBus, deployRule } from './bus-deployers.ts';
import type { Deployer } from './deployer.ts';
import {
  deployAlias,
  deployEventInvokeConfig,
  deployFunction,
  deployLayer,
  deployVersion,
} from './function-deployers.ts';
import { deploySchedule } from './schedule-deployers.ts';
import { deployMapping, deployUrl } from './source-deployers.ts';

/** Everything that can be deployed, by its type. Types of SAM that are not here were transformed. */
export const deployers: ReadonlyMap<string, Deployer> = new Map([
  ['AWS::DynamoDB::Table', deployTable],
  ['AWS::Events::Archive', deployArchive],
  ['AWS::Events::EventBus', deployBus],
  ['AWS::Events::Rule', deployRule],
  ['AWS::Kinesis::Stream', deployStream],
  ['AWS::Lambda::Alias', deployAlias],
  ['AWS::Lambda::EventInvokeConfig', deployEventInvokeConfig],
  ['AWS::Lambda::EventSourceMapping', deployMapping],
  ['AWS::Lambda::Function', deployFunction],
  ['AWS::Lambda::LayerVersion', deployLayer],
  ['AWS::Lambda::LayerVersionPermission', deployLayerPermission],
  ['AWS::Lambda::Permission', deployPermission],
  ['AWS::Lambda::Url', deployUrl],
  ['AWS::Lambda::Version', deployVersion],
  ['AWS::S3::Bucket', deployBucket],
  ['AWS::SNS::Subscription', deploySubscription],
  ['AWS::SNS::Topic', deployTopic],
  ['AWS::SQS::Queue', deployQueue],
  ['AWS::Scheduler::Schedule', deploySchedule],
  ['AWS::Serverless::Api', deployRestApi],
  ['AWS::Serverless::HttpApi', deployHttpApi],
]);
