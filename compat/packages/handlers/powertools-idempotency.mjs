import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';

let runs = 0;

const pay = makeIdempotent(
  async ({ order }) => {
    runs += 1;
    return { paid: order, run: runs };
  },
  {
    persistenceStore: new DynamoDBPersistenceLayer({ tableName: 'idempotency' }),
    config: new IdempotencyConfig({ eventKeyJmesPath: 'order' }),
  },
);

export const handler = async (event, context) => {
  const order = context.awsRequestId;
  const first = await pay({ order, attempt: 1 });
  const second = await pay({ order, attempt: 2 });
  const other = await pay({ order: `${order}-other`, attempt: 1 });
  return { same: JSON.stringify(first) === JSON.stringify(second), other: other.run, runs };
};

export const expected = { same: true, other: 2, runs: 2 };
