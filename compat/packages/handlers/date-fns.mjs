import { addMonths, differenceInBusinessDays, format, formatDistance, parseISO } from 'date-fns';
import { de } from 'date-fns/locale';

export const handler = async () => {
  const start = parseISO('2026-01-31T00:00:00');
  return {
    month: format(addMonths(start, 1), 'yyyy-MM-dd'),
    german: format(start, 'EEEE, d. MMMM', { locale: de }),
    distance: formatDistance(start, addMonths(start, 3)),
    workdays: differenceInBusinessDays(addMonths(start, 1), start),
  };
};

export const expected = {
  month: '2026-02-28',
  german: 'Samstag, 31. Januar',
  distance: '3 months',
  workdays: 20,
};
