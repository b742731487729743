import type { PROPERTY_TYPES, PropertyDeclaration } from '#domain/program/program.ts';

import { builder } from './builder.ts';

export const PropertyTypeEnum = builder.enumType('PropertyType', {
  description: 'What a declared property or attribute may hold.',
  subGraphs: ['Public'],
  values: {
    STRING: { description: 'Text of at most 1,000 characters.' },
    INTEGER: { description: 'A whole number within ±(2^53−1).' },
    DECIMAL: {
      description: 'An exact decimal number, up to 29 digits before and 9 after the point; kept and answered as text.',
    },
    BOOLEAN: { description: 'true or false.' },
    DATE: { description: 'A calendar day, such as 2026-11-22.' },
    DATE_TIME: { description: 'An instant with a zone; kept and answered in UTC with milliseconds.' },
  } satisfies Record<(typeof PROPERTY_TYPES)[number], object>,
});

/** One declared property of an activity type, or one declared attribute of customers. */
export const PropertyDeclarationRef = builder.objectRef<PropertyDeclaration>('PropertyDeclaration').implement({
  description: 'One declared property of an activity type, or one declared attribute of customers.',
  subGraphs: ['Public'],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'A letter, then letters, digits and _, 60 at most.' }),
    type: t.field({ type: PropertyTypeEnum, description: 'What it holds.', resolve: (it) => it.type }),
    required: t.exposeBoolean('required', { description: 'Whether it must be given.' }),
    oneOf: t.field({
      type: ['String'],
      nullable: true,
      description: 'The only texts allowed; null allows any. Only for STRING.',
      resolve: (it) => (it.oneOf === null ? null : [...it.oneOf]),
    }),
  }),
});

export const PropertyDeclarationInput = builder.inputType('PropertyDeclarationInput', {
  description: 'Declares one property of an activity type, or one attribute of customers.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description: 'A letter, then letters, digits and _, 60 at most. Unique in its list.',
    }),
    type: t.field({ type: PropertyTypeEnum, required: true, description: 'What it holds.' }),
    required: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Whether it must be given; false by default.',
    }),
    oneOf: t.stringList({ description: 'The only texts allowed, up to 200; null allows any. Only for STRING.' }),
  }),
});

type DeclarationInput = typeof PropertyDeclarationInput.$inferInput;

/** The declarations as the domain knows them. */
export function declarationsOf(inputs: readonly DeclarationInput[]): PropertyDeclaration[] {
  return inputs.map(({ name, type, required, oneOf }) => ({ name, type, required, oneOf: oneOf ?? null }));
}
