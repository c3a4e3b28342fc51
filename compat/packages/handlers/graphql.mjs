import {
  graphql,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  printSchema,
} from 'graphql';

const orders = [
  { id: 1, item: 'tea' },
  { id: 2, item: 'milk' },
];

const Order = new GraphQLObjectType({
  name: 'Order',
  fields: { id: { type: GraphQLInt }, item: { type: GraphQLString } },
});

const schema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: {
      orders: {
        type: new GraphQLList(Order),
        args: { id: { type: new GraphQLNonNull(GraphQLInt) } },
        resolve: async (_root, { id }) => orders.filter((order) => order.id === id),
      },
    },
  }),
});

export const handler = async () => {
  const source = 'query ($id: Int!) { orders(id: $id) { item } }';
  const found = await graphql({ schema, source, variableValues: { id: 2 } });
  const wrong = await graphql({ schema, source: '{ nothing }' });
  return {
    data: JSON.parse(JSON.stringify(found.data)),
    error: wrong.errors[0].message,
    printed: printSchema(schema).includes('orders(id: Int!): [Order]'),
  };
};

export const expected = {
  data: { orders: [{ item: 'milk' }] },
  error: 'Cannot query field "nothing" on type "Query".',
  printed: true,
};
