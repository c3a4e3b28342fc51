const bcrypt = require('bcryptjs');

exports.handler = async () => {
  const hash = await bcrypt.hash('tea', 4);
  return {
    right: await bcrypt.compare('tea', hash),
    wrong: await bcrypt.compare('coffee', hash),
    known: bcrypt.compareSync(
      'abc',
      '$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i',
    ),
    rounds: bcrypt.getRounds(hash),
  };
};

exports.expected = { right: true, wrong: false, known: true, rounds: 4 };
