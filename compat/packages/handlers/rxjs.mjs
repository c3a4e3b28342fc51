import { concatMap, delay, firstValueFrom, from, interval, of, take, toArray } from 'rxjs';

export const handler = async () => ({
  ticks: await firstValueFrom(interval(1).pipe(take(3), toArray())),
  mapped: await firstValueFrom(
    from([1, 2, 3]).pipe(
      concatMap((n) => of(n * 2).pipe(delay(1))),
      toArray(),
    ),
  ),
});

export const expected = { ticks: [0, 1, 2], mapped: [2, 4, 6] };
