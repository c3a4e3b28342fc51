const mysql = require('mysql2/promise');

exports.handler = async () => {
  const error = await mysql
    .createConnection({ host: '127.0.0.1', port: Number(process.env.CLOSED_PORT), user: 'ada' })
    .catch((reason) => reason);
  return {
    error: error.code,
    sql: mysql.format('select * from ?? where id = ?', ['orders', "x' or 1=1"]),
  };
};

exports.expected = {
  error: 'ECONNREFUSED',
  sql: "select * from `orders` where id = 'x\\' or 1=1'",
};
