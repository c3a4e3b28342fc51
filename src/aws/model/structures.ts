/** Objects inside of requests. */
export const structures = {
  AliasRoutingConfiguration: {
    type: 'structure',
    members: { AdditionalVersionWeights: 'AdditionalVersionWeights' },
  },
  AllowedPublishers: {
    type: 'structure',
    required: ['SigningProfileVersionArns'],
    members: { SigningProfileVersionArns: 'SigningProfileVersionArns' },
  },
  AmazonManagedKafkaEventSourceConfig: {
    type: 'structure',
    members: { ConsumerGroupId: 'URI', SchemaRegistryConfig: 'KafkaSchemaRegistryConfig' },
  },
  CallbackOptions: {
    type: 'structure',
    members: {
      TimeoutSeconds: 'CallbackOptionsTimeoutSecondsInteger',
      HeartbeatTimeoutSeconds: 'CallbackOptionsHeartbeatTimeoutSecondsInteger',
    },
  },
  CapacityProviderConfig: {
    type: 'structure',
    required: ['LambdaManagedInstancesCapacityProviderConfig'],
    members: {
      LambdaManagedInstancesCapacityProviderConfig: 'LambdaManagedInstancesCapacityProviderConfig',
    },
  },
  CapacityProviderLoggingConfig: {
    type: 'structure',
    members: { SystemLogLevel: 'SystemLogLevel', LogGroup: 'LogGroup' },
  },
  CapacityProviderPermissionsConfig: {
    type: 'structure',
    required: ['CapacityProviderOperatorRoleArn'],
    members: { CapacityProviderOperatorRoleArn: 'RoleArn' },
  },
  CapacityProviderScalingConfig: {
    type: 'structure',
    members: {
      MaxVCpuCount: 'CapacityProviderMaxVCpuCount',
      ScalingMode: 'CapacityProviderScalingMode',
      ScalingPolicies: 'CapacityProviderScalingPoliciesList',
    },
  },
  CapacityProviderTelemetryConfig: {
    type: 'structure',
    members: { LoggingConfig: 'CapacityProviderLoggingConfig' },
  },
  CapacityProviderVpcConfig: {
    type: 'structure',
    required: ['SubnetIds', 'SecurityGroupIds'],
    members: {
      SubnetIds: 'CapacityProviderSubnetIds',
      SecurityGroupIds: 'CapacityProviderSecurityGroupIds',
    },
  },
  ChainedInvokeOptions: {
    type: 'structure',
    required: ['FunctionName'],
    members: { FunctionName: 'NamespacedFunctionName', TenantId: 'TenantId' },
  },
  CodeSigningPolicies: {
    type: 'structure',
    members: { UntrustedArtifactOnDeployment: 'CodeSigningPolicy' },
  },
  ContextOptions: { type: 'structure', members: { ReplayChildren: 'ReplayChildren' } },
  Cors: {
    type: 'structure',
    members: {
      AllowCredentials: 'AllowCredentials',
      AllowHeaders: 'HeadersList',
      AllowMethods: 'AllowMethodsList',
      AllowOrigins: 'AllowOriginsList',
      ExposeHeaders: 'HeadersList',
      MaxAge: 'MaxAge',
    },
  },
  DeadLetterConfig: { type: 'structure', members: { TargetArn: 'ResourceArn' } },
  DestinationConfig: {
    type: 'structure',
    members: { OnSuccess: 'OnSuccess', OnFailure: 'OnFailure' },
  },
  DocumentDBEventSourceConfig: {
    type: 'structure',
    members: {
      DatabaseName: 'DatabaseName',
      CollectionName: 'CollectionName',
      FullDocument: 'FullDocument',
    },
  },
  DurableConfig: {
    type: 'structure',
    members: {
      KMSKeyArn: 'KMSKeyArn',
      RetentionPeriodInDays: 'RetentionPeriodInDays',
      ExecutionTimeout: 'ExecutionTimeout',
    },
  },
  Environment: { type: 'structure', members: { Variables: 'EnvironmentVariables' } },
  EphemeralStorage: {
    type: 'structure',
    required: ['Size'],
    members: { Size: 'EphemeralStorageSize' },
  },
  ErrorObject: {
    type: 'structure',
    members: {
      ErrorMessage: 'ErrorMessage',
      ErrorType: 'ErrorType',
      ErrorData: 'ErrorData',
      StackTrace: 'StackTraceEntries',
    },
  },
  EventSourceMappingLoggingConfig: {
    type: 'structure',
    members: { SystemLogLevel: 'EventSourceMappingSystemLogLevel' },
  },
  EventSourceMappingMetricsConfig: {
    type: 'structure',
    members: { Metrics: 'EventSourceMappingMetricList' },
  },
  FileSystemConfig: {
    type: 'structure',
    required: ['Arn', 'LocalMountPath'],
    members: { Arn: 'FileSystemArn', LocalMountPath: 'LocalMountPath' },
  },
  Filter: { type: 'structure', members: { Pattern: 'Pattern' } },
  FilterCriteria: { type: 'structure', members: { Filters: 'FilterList' } },
  FunctionCode: {
    type: 'structure',
    members: {
      ZipFile: 'Blob',
      S3Bucket: 'S3Bucket',
      S3Key: 'S3Key',
      S3ObjectVersion: 'S3ObjectVersion',
      S3ObjectStorageMode: 'S3ObjectStorageMode',
      ImageUri: 'String',
      SourceKMSKeyArn: 'KMSKeyArn',
    },
  },
  FunctionScalingConfig: {
    type: 'structure',
    members: {
      MinExecutionEnvironments: 'FunctionScalingConfigExecutionEnvironments',
      MaxExecutionEnvironments: 'FunctionScalingConfigExecutionEnvironments',
    },
  },
  ImageConfig: {
    type: 'structure',
    members: {
      EntryPoint: 'StringList',
      Command: 'StringList',
      WorkingDirectory: 'WorkingDirectory',
    },
  },
  InstanceRequirements: {
    type: 'structure',
    members: {
      Architectures: 'ArchitecturesList',
      AllowedInstanceTypes: 'InstanceTypeSet',
      ExcludedInstanceTypes: 'InstanceTypeSet',
    },
  },
  KafkaSchemaRegistryAccessConfig: {
    type: 'structure',
    members: { Type: 'KafkaSchemaRegistryAuthType', URI: 'Arn' },
  },
  KafkaSchemaRegistryConfig: {
    type: 'structure',
    members: {
      SchemaRegistryURI: 'SchemaRegistryUri',
      EventRecordFormat: 'SchemaRegistryEventRecordFormat',
      AccessConfigs: 'KafkaSchemaRegistryAccessConfigList',
      SchemaValidationConfigs: 'KafkaSchemaValidationConfigList',
    },
  },
  KafkaSchemaValidationConfig: {
    type: 'structure',
    members: { Attribute: 'KafkaSchemaValidationAttribute' },
  },
  LambdaManagedInstancesCapacityProviderConfig: {
    type: 'structure',
    required: ['CapacityProviderArn'],
    members: {
      CapacityProviderArn: 'CapacityProviderArn',
      PerExecutionEnvironmentMaxConcurrency: 'PerExecutionEnvironmentMaxConcurrency',
      ExecutionEnvironmentMemoryGiBPerVCpu: 'ExecutionEnvironmentMemoryGiBPerVCpu',
    },
  },
  LayerVersionContentInput: {
    type: 'structure',
    members: {
      S3Bucket: 'S3Bucket',
      S3Key: 'S3Key',
      S3ObjectVersion: 'S3ObjectVersion',
      S3ObjectStorageMode: 'S3ObjectStorageMode',
      ZipFile: 'Blob',
    },
  },
  LoggingConfig: {
    type: 'structure',
    members: {
      LogFormat: 'LogFormat',
      ApplicationLogLevel: 'ApplicationLogLevel',
      SystemLogLevel: 'SystemLogLevel',
      LogGroup: 'LogGroup',
    },
  },
  OnFailure: { type: 'structure', members: { Destination: 'DestinationArn' } },
  OnSuccess: { type: 'structure', members: { Destination: 'DestinationArn' } },
  OperationUpdate: {
    type: 'structure',
    required: ['Id', 'Type', 'Action'],
    members: {
      Id: 'OperationId',
      ParentId: 'OperationId',
      Name: 'OperationName',
      Type: 'OperationType',
      SubType: 'OperationSubType',
      Action: 'OperationAction',
      Payload: 'OperationPayload',
      Error: 'ErrorObject',
      ContextOptions: 'ContextOptions',
      StepOptions: 'StepOptions',
      WaitOptions: 'WaitOptions',
      CallbackOptions: 'CallbackOptions',
      ChainedInvokeOptions: 'ChainedInvokeOptions',
    },
  },
  PropagateTags: {
    type: 'structure',
    members: { Mode: 'PropagateTagsMode', ExplicitTags: 'PropagateTagsExplicitTagsMap' },
  },
  ProvisionedPollerConfig: {
    type: 'structure',
    members: {
      MinimumPollers: 'MinimumNumberOfPollers',
      MaximumPollers: 'MaximumNumberOfPollers',
      PollerGroupName: 'ProvisionedPollerGroupName',
    },
  },
  ScalingConfig: { type: 'structure', members: { MaximumConcurrency: 'MaximumConcurrency' } },
  SelfManagedEventSource: { type: 'structure', members: { Endpoints: 'Endpoints' } },
  SelfManagedKafkaEventSourceConfig: {
    type: 'structure',
    members: { ConsumerGroupId: 'URI', SchemaRegistryConfig: 'KafkaSchemaRegistryConfig' },
  },
  SnapStart: { type: 'structure', members: { ApplyOn: 'SnapStartApplyOn' } },
  SourceAccessConfiguration: {
    type: 'structure',
    members: { Type: 'SourceAccessType', URI: 'URI' },
  },
  StepOptions: {
    type: 'structure',
    members: { NextAttemptDelaySeconds: 'StepOptionsNextAttemptDelaySecondsInteger' },
  },
  TargetTrackingScalingPolicy: {
    type: 'structure',
    required: ['PredefinedMetricType', 'TargetValue'],
    members: {
      PredefinedMetricType: 'CapacityProviderPredefinedMetricType',
      TargetValue: 'MetricTargetValue',
    },
  },
  TenancyConfig: {
    type: 'structure',
    required: ['TenantIsolationMode'],
    members: { TenantIsolationMode: 'TenantIsolationMode' },
  },
  TracingConfig: { type: 'structure', members: { Mode: 'TracingMode' } },
  VpcConfig: {
    type: 'structure',
    members: {
      SubnetIds: 'SubnetIds',
      SecurityGroupIds: 'SecurityGroupIds',
      Ipv6AllowedForDualStack: 'NullableBoolean',
    },
  },
  WaitOptions: { type: 'structure', members: { WaitSeconds: 'WaitOptionsWaitSecondsInteger' } },
} as const;
