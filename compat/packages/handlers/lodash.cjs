const _ = require('lodash');

exports.handler = async () => {
  const calls = [];
  const debounced = _.debounce((value) => calls.push(value), 5);
  debounced(1);
  debounced(2);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const original = { at: new Date(0), deep: { set: new Set([1]) } };
  const copy = _.cloneDeep(original);
  return {
    calls,
    groups: _.mapValues(
      _.groupBy([1, 2, 3, 4], (n) => (n % 2 ? 'odd' : 'even')),
      _.sum,
    ),
    copied: _.isEqual(copy, original) && copy.deep.set !== original.deep.set,
    text: _.template('hello <%= name %>')({ name: 'Ada' }),
    names: [_.camelCase('order line id'), _.kebabCase('orderLineId')],
  };
};

exports.expected = {
  calls: [2],
  groups: { odd: 4, even: 6 },
  copied: true,
  text: 'hello Ada',
  names: ['orderLineId', 'order-line-id'],
};
