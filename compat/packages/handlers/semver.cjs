const semver = require('semver');

exports.handler = async () => [
  semver.satisfies('1.4.2', '^1.2.0'),
  semver.inc('1.2.3', 'minor'),
  semver.maxSatisfying(['1.0.0', '1.9.0', '2.0.0'], '1.x'),
];

exports.expected = [true, '1.3.0', '1.9.0'];
