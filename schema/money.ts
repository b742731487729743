import type { Money } from '#domain/reward/reward.ts';

import { builder } from './builder.ts';

export const MoneyRef = builder.objectRef<Money>('Money').implement({
  description: 'An amount of money. Laurel moves none: it tells what is owed, or given, outside.',
  subGraphs: ['Public'],
  fields: (t) => ({
    amount: t.expose('amount', {
      type: 'Points',
      description: 'Minor units of the currency: cents, or whole yen. A whole number.',
    }),
    currency: t.exposeString('currency', { description: 'ISO 4217 code, such as EUR.' }),
  }),
});

export const MoneyInputRef = builder.inputType('MoneyInput', {
  description: 'An amount of money.',
  fields: (t) => ({
    amount: t.field({
      type: 'Points',
      required: true,
      description: 'Minor units of the currency: cents, or whole yen. At least 1.',
    }),
    currency: t.string({ required: true, description: 'ISO 4217 code in capitals, such as EUR.' }),
  }),
});
