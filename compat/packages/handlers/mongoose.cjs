const mongoose = require('mongoose');

const Order = mongoose.model(
  'Order',
  new mongoose.Schema({ item: { type: String, required: true }, count: { type: Number, min: 1 } }),
);

exports.handler = async () => {
  const error = await mongoose
    .connect(`mongodb://127.0.0.1:${process.env.CLOSED_PORT}/shop`, {
      serverSelectionTimeoutMS: 300,
    })
    .catch((reason) => reason);
  await mongoose.disconnect();
  const invalid = new Order({ count: 0 }).validateSync();
  return {
    error: error.name,
    invalid: Object.keys(invalid.errors).sort(),
    cast: new Order({ item: 'tea', count: '3' }).toObject().count,
  };
};

exports.expected = {
  error: 'MongooseServerSelectionError',
  invalid: ['count', 'item'],
  cast: 3,
};
