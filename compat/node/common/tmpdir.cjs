'use strict';
const fs = require('fs');
const path = require('path');

const root = path.join('/tmp', `compat-${process.pid}-${Math.random().toString(36).slice(2)}`);

module.exports = {
  path: root,
  resolve: (...parts) => path.resolve(root, ...parts),
  fileURL: (...parts) => require('url').pathToFileURL(path.resolve(root, ...parts)),
  hasEnoughSpace: () => false,
  refresh() {
    fs.rmSync(root, { recursive: true, force: true });
    fs.mkdirSync(root, { recursive: true });
    process.on('exit', () => fs.rmSync(root, { recursive: true, force: true }));
  },
};
