const Handlebars = require('handlebars');

Handlebars.registerHelper('loud', (text) => text.toUpperCase());
const page = Handlebars.compile('{{#each items}}{{@index}}: {{loud name}} {{note}}\n{{/each}}');

exports.handler = async () => page({ items: [{ name: 'tea', note: '<hot>' }, { name: 'milk' }] });

exports.expected = '0: TEA &lt;hot&gt;\n1: MILK \n';
