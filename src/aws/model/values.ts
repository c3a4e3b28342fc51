/** The remaining simple values. */
export const values = {
  AllowCredentials: { type: 'boolean' },
  BinaryOperationPayload: { type: 'blob', max: 262144 },
  BisectBatchOnFunctionError: { type: 'boolean' },
  Blob: { type: 'blob' },
  BlobStream: { type: 'blob' },
  Boolean: { type: 'boolean' },
  Date: { type: 'timestamp' },
  Enabled: { type: 'boolean' },
  ExecutionTimestamp: { type: 'timestamp' },
  IncludeExecutionData: { type: 'boolean' },
  InvokedViaFunctionUrl: { type: 'boolean' },
  NullableBoolean: { type: 'boolean' },
  ReplayChildren: { type: 'boolean' },
  ReverseOrder: { type: 'boolean' },
} as const;
