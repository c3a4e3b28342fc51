const { writeFileSync } = require('node:fs');
const dotenv = require('dotenv');

exports.handler = async () => {
  writeFileSync('/tmp/.env', 'TEA=green\n# a comment\nPOEM="two\\nlines"\n');
  const { parsed } = dotenv.config({ path: '/tmp/.env', quiet: true });
  return { parsed, tea: process.env.TEA };
};

exports.expected = { parsed: { TEA: 'green', POEM: 'two\nlines' }, tea: 'green' };
