import type { Ratio } from '#app/economy/read-economy.ts';

import { builder } from './builder.ts';

export const RatioRef = builder.objectRef<Ratio>('Ratio').implement({
  description: 'A rate with its parts. Never average rates of groups: add numerators and denominators.',
  fields: (t) => ({
    value: t.exposeFloat('value', {
      nullable: true,
      description: 'Numerator ÷ denominator, not rounded; null when there is nothing to divide by.',
    }),
    numerator: t.expose('numerator', { type: 'Points', description: 'What is counted.' }),
    denominator: t.expose('denominator', { type: 'Points', description: 'Out of what.' }),
  }),
});
