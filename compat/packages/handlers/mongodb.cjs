const { BSON, MongoClient, ObjectId } = require('mongodb');

exports.handler = async () => {
  const client = new MongoClient(`mongodb://127.0.0.1:${process.env.CLOSED_PORT}/shop`, {
    serverSelectionTimeoutMS: 300,
  });
  const error = await client
    .db()
    .collection('orders')
    .findOne({ _id: new ObjectId() })
    .catch((reason) => reason);
  await client.close();
  const id = new ObjectId('507f1f77bcf86cd799439011');
  const bytes = BSON.serialize({ id, at: new Date(0), n: 1.5 });
  return {
    error: error.name,
    refused: /ECONNREFUSED/.test(error.message),
    bytes: bytes.length,
    back: BSON.deserialize(bytes).id.toHexString(),
  };
};

exports.expected = {
  error: 'MongoServerSelectionError',
  refused: true,
  bytes: 44,
  back: '507f1f77bcf86cd799439011',
};
