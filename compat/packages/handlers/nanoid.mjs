import { customAlphabet, nanoid } from 'nanoid';

export const handler = async () => {
  const ids = Array.from({ length: 500 }, () => nanoid());
  return {
    distinct: new Set(ids).size,
    shape: ids.every((id) => /^[\w-]{21}$/.test(id)),
    digits: /^[0-9]{8}$/.test(customAlphabet('0123456789', 8)()),
  };
};

export const expected = { distinct: 500, shape: true, digits: true };
