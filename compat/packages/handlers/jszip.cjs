const JSZip = require('jszip');

exports.handler = async () => {
  const zip = new JSZip();
  zip.file('a.txt', 'tea').folder('deep').file('b.txt', 'x'.repeat(10_000));
  const bytes = await zip.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE' });
  const back = await JSZip.loadAsync(bytes);
  return {
    names: Object.keys(back.files),
    small: bytes.length < 1_000,
    text: (await back.file('deep/b.txt').async('string')).length,
  };
};

exports.expected = { names: ['a.txt', 'deep/', 'deep/b.txt'], small: true, text: 10_000 };
