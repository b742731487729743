import { textFor, type LocalTexts } from '#domain/local-text.ts';

import { builder } from './builder.ts';
import type { Outputs } from './mutation.ts';

const localeArg = {
  description: 'Language of the text, such as de-AT; the nearest one that there is, else English.',
};

/** The two fields of what is written in several languages; `about` says what the description tells. */
export function textFields<Shape extends { texts: LocalTexts }>(t: Outputs<Shape>, about: string) {
  return {
    name: t.string({
      args: { locale: t.arg.string(localeArg) },
      description: 'For people.',
      resolve: ({ texts }, { locale }) => textFor(texts, locale ?? null).name,
    }),
    description: t.string({
      args: { locale: t.arg.string(localeArg) },
      description: about,
      resolve: ({ texts }, { locale }) => textFor(texts, locale ?? null).description,
    }),
  };
}

export const LocalTextInput = builder.inputType('LocalTextInput', {
  description: 'What something is called in one language, and what is said of it.',
  fields: (t) => ({
    locale: t.string({ required: true, description: 'Such as en or de-AT.' }),
    name: t.string({ required: true, description: 'Its name, 1 to 200 characters.' }),
    description: t.string({ required: true, defaultValue: '', description: 'At most 2,000 characters.' }),
  }),
});

/** The texts as a rule set keeps them; of two of one locale the last. */
export function textsBy(texts: readonly (typeof LocalTextInput.$inferInput)[]): LocalTexts {
  return Object.fromEntries(texts.map(({ locale, ...text }) => [locale, text]));
}
