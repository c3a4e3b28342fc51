import { z } from 'zod';

const order = z.object({
  id: z.uuid(),
  at: z.coerce.date(),
  site: z.url(),
  lines: z.array(z.object({ sku: z.string().min(2), count: z.int().positive() })).nonempty(),
  contact: z.union([z.email(), z.literal('none')]).default('none'),
});

export const handler = async () => {
  const good = order.parse({
    id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
    at: '2026-01-02T03:04:05Z',
    site: 'https://example.com/a?b=c',
    lines: [{ sku: 'tea', count: 2 }],
  });
  const bad = order.safeParse({ id: 'x', site: 'nowhere', at: 0, lines: [] });
  const refined = await z
    .string()
    .refine(async (text) => text.length > 2, 'too short')
    .safeParseAsync('ab');
  return {
    year: good.at.getUTCFullYear(),
    contact: good.contact,
    issues: bad.error.issues.map(({ path }) => path.join('.')),
    refined: refined.error.issues[0].message,
    schema: z.toJSONSchema(order, { unrepresentable: 'any' }).required,
  };
};

export const expected = {
  year: 2026,
  contact: 'none',
  issues: ['id', 'site', 'lines'],
  refined: 'too short',
  schema: ['id', 'at', 'site', 'lines', 'contact'],
};
