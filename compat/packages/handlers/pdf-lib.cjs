const { PDFDocument, StandardFonts } = require('pdf-lib');

exports.handler = async () => {
  const document = await PDFDocument.create();
  document.setTitle('Bill');
  const font = await document.embedFont(StandardFonts.Helvetica);
  document.addPage([200, 100]).drawText('Two cups of tea', { x: 10, y: 50, size: 12, font });
  const bytes = await document.save();
  const back = await PDFDocument.load(bytes);
  return {
    head: Buffer.from(bytes.subarray(0, 5)).toString(),
    pages: back.getPageCount(),
    title: back.getTitle(),
  };
};

exports.expected = { head: '%PDF-', pages: 1, title: 'Bill' };
