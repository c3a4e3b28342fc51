const { writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const ejs = require('ejs');

exports.handler = async () => {
  const file = join(tmpdir(), 'page.ejs');
  writeFileSync(file, '<% for (const item of items) { %><li><%= item %></li><% } %>');
  return {
    text: ejs.render('hello <%= name %>', { name: '<Ada>' }),
    file: await ejs.renderFile(file, { items: ['tea', 'milk'] }),
  };
};

exports.expected = {
  text: 'hello &lt;Ada&gt;',
  file: '<li>tea</li><li>milk</li>',
};
