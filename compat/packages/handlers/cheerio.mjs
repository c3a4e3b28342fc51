import * as cheerio from 'cheerio';

export const handler = async () => {
  const $ = cheerio.load('<ul><li class="a">tea</li><li>milk &amp; honey</li></ul>');
  $('li').first().addClass('b').attr('data-n', '1');
  return {
    items: $('li')
      .map((_, item) => $(item).text())
      .get(),
    html: $('ul').html(),
  };
};

export const expected = {
  items: ['tea', 'milk & honey'],
  html: '<li class="a b" data-n="1">tea</li><li>milk &amp; honey</li>',
};
