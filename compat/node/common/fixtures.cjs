'use strict';
const fs = require('fs');
const path = require('path');

const fixturesDir = path.join(__dirname, '..', 'fixtures');
const fixture = (...parts) => path.join(fixturesDir, ...parts);

module.exports = {
  fixturesDir,
  path: fixture,
  fileURL: (...parts) => require('url').pathToFileURL(fixture(...parts)),
  readKey: (name, encoding) => fs.readFileSync(fixture('keys', name), encoding),
  readSync: (parts, encoding) => fs.readFileSync(fixture(...[parts].flat()), encoding),
};
