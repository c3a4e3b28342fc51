const AWS = require('aws-sdk');

const documents = new AWS.DynamoDB.DocumentClient({ endpoint: process.env.AWS_ENDPOINT_URL });

exports.handler = async () => {
  const TableName = 'orders-v2';
  await documents.put({ TableName, Item: { id: 'v2', total: 3, open: true } }).promise();
  const { Item } = await documents.get({ TableName, Key: { id: 'v2' } }).promise();
  const error = await documents
    .get({ TableName: 'missing', Key: { id: 'v2' } })
    .promise()
    .catch((reason) => reason);
  return { Item, error: error.code };
};

exports.expected = { Item: { id: 'v2', total: 3, open: true }, error: 'ResourceNotFoundException' };
