const { XMLBuilder, XMLParser, XMLValidator } = require('fast-xml-parser');

exports.handler = async () => {
  const xml = '<order id="7"><line>tea</line><line>milk</line></order>';
  const parsed = new XMLParser({ ignoreAttributes: false }).parse(xml);
  return {
    parsed,
    built: new XMLBuilder({ ignoreAttributes: false }).build(parsed),
    invalid: XMLValidator.validate('<a><b></a>').err.code,
  };
};

exports.expected = {
  parsed: { order: { '@_id': '7', line: ['tea', 'milk'] } },
  built: '<order id="7"><line>tea</line><line>milk</line></order>',
  invalid: 'InvalidTag',
};
