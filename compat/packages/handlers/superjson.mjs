import superjson from 'superjson';

export const handler = async () => {
  const value = {
    at: new Date(0),
    big: 12n,
    set: new Set([1, 2]),
    map: new Map([['a', undefined]]),
    pattern: /tea/gi,
    link: new URL('https://example.com/a?b=1'),
    nan: Number.NaN,
    error: new TypeError('no'),
  };
  const text = superjson.stringify(value);
  const back = superjson.parse(text);
  return {
    text,
    at: back.at.getTime(),
    big: back.big === 12n,
    set: [...back.set],
    map: back.map.has('a'),
    pattern: back.pattern.flags,
    link: back.link.searchParams.get('b'),
    nan: Number.isNaN(back.nan),
    error: back.error.message,
  };
};

export const expected = {
  text: '{"json":{"at":"1970-01-01T00:00:00.000Z","big":"12","set":[1,2],"map":[["a",null]],"pattern":"/tea/gi","link":"https://example.com/a?b=1","nan":"NaN","error":{"name":"TypeError","message":"no"}},"meta":{"values":{"at":["Date"],"big":["bigint"],"set":["set"],"map":["map",{"0.1":["undefined"]}],"pattern":["regexp"],"link":["URL"],"nan":["number"],"error":["Error"]},"v":1}}',
  at: 0,
  big: true,
  set: [1, 2],
  map: true,
  pattern: 'gi',
  link: '1',
  nan: true,
  error: 'no',
};
