import i18next from 'i18next';

export const handler = async () => {
  const t = await i18next.init({
    lng: 'de',
    fallbackLng: 'en',
    resources: {
      en: { translation: { bye: 'bye' } },
      de: {
        translation: {
          hello: 'Hallo {{name}}',
          order_one: '{{count}} Tee',
          order_other: '{{count}} Tees',
        },
      },
    },
  });
  return [
    t('hello', { name: 'Ada' }),
    t('order', { count: 1 }),
    t('order', { count: 3 }),
    t('bye'),
  ];
};

export const expected = ['Hallo Ada', '1 Tee', '3 Tees', 'bye'];
