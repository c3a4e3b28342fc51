import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';

const client = new DynamoDBClient({});
const documents = DynamoDBDocumentClient.from(client);

export const handler = async () => {
  const TableName = 'orders';
  const Key = { id: 'sdk-v3' };
  await documents.send(
    new PutCommand({
      TableName,
      Item: { ...Key, total: 12.5, tags: new Set(['a', 'b']), photo: new Uint8Array([1, 2, 255]) },
    }),
  );
  const { Item } = await documents.send(new GetCommand({ TableName, Key }));
  const { Attributes } = await documents.send(
    new UpdateCommand({
      TableName,
      Key,
      UpdateExpression: 'SET #total = #total + :by',
      ExpressionAttributeNames: { '#total': 'total' },
      ExpressionAttributeValues: { ':by': 2 },
      ReturnValues: 'ALL_NEW',
    }),
  );
  const { Count } = await documents.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'id = :id',
      ExpressionAttributeValues: { ':id': 'sdk-v3' },
    }),
  );
  const error = await client
    .send(new GetItemCommand({ TableName: 'missing', Key: { id: { S: 'x' } } }))
    .catch((reason) => reason);
  return {
    total: Item.total,
    tags: [...Item.tags],
    photo: [...Item.photo],
    updated: Attributes.total,
    count: Count,
    error: error.name,
    status: error.$metadata.httpStatusCode,
  };
};

export const expected = {
  total: 12.5,
  tags: ['a', 'b'],
  photo: [1, 2, 255],
  updated: 14.5,
  count: 1,
  error: 'ResourceNotFoundException',
  status: 400,
};
