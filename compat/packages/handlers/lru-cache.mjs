import { LRUCache } from 'lru-cache';

export const handler = async () => {
  const cache = new LRUCache({ max: 2, ttl: 60_000, fetchMethod: async (key) => key.length });
  const fetched = await cache.fetch('three');
  cache.set('a', 1);
  cache.set('b', 2);
  return { fetched, keys: [...cache.keys()], isFresh: cache.getRemainingTTL('a') > 0 };
};

export const expected = { fetched: 5, keys: ['b', 'a'], isFresh: true };
