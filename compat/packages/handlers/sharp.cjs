const sharp = require('sharp');

exports.handler = async () => {
  const create = { width: 8, height: 4, channels: 3, background: '#f00' };
  const { info } = await sharp({ create }).resize(4).png().toBuffer({ resolveWithObject: true });
  return [info.width, info.height, info.format];
};

exports.expected = [4, 2, 'png'];
