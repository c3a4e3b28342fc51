const { Builder, parseStringPromise } = require('xml2js');

exports.handler = async () => {
  const parsed = await parseStringPromise('<order id="7"><line>tea</line></order>');
  const built = new Builder({ headless: true, renderOpts: { pretty: false } }).buildObject(parsed);
  const error = await parseStringPromise('<a></b>').catch((reason) => reason);
  return { parsed, built, error: error.message.split('\n')[0] };
};

exports.expected = {
  parsed: { order: { $: { id: '7' }, line: ['tea'] } },
  built: '<order id="7"><line>tea</line></order>',
  error: 'Unexpected close tag',
};
