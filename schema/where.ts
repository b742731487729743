import { uuidOf, type IdType } from '#domain/ids.ts';

import { builder } from './builder.ts';

/** Comparisons that filters share. In each, everything given must hold; null counts as not given. */

export const TextComparison = builder.inputType('TextComparison', {
  description: 'Compares a text. Everything given must hold; an unknown text meets only isNull.',
  fields: (t) => ({
    eq: t.string({ description: 'The same text, in the form in which the field is kept.' }),
    in: t.stringList({ description: 'One of these, up to 100.' }),
    startsWith: t.string({ description: 'Begins so; case counts.' }),
    contains: t.string({ description: 'Contains this; case does not count. Reads all customers.' }),
    isNull: t.boolean({ description: 'True: nothing is known. False: something is.' }),
  }),
});

export const DateTimeComparison = builder.inputType('DateTimeComparison', {
  description: 'Compares an instant. Everything given must hold.',
  fields: (t) => ({
    gt: t.field({ type: 'DateTime', description: 'After this.' }),
    gte: t.field({ type: 'DateTime', description: 'At this or after it.' }),
    lt: t.field({ type: 'DateTime', description: 'Before this.' }),
    lte: t.field({ type: 'DateTime', description: 'At this or before it.' }),
  }),
});

export const IdComparison = builder.inputType('IdComparison', {
  description: 'Compares an id. Everything given must hold; an id that this program does not have matches nothing.',
  fields: (t) => ({
    eq: t.id({ description: 'This one.' }),
    in: t.idList({ description: 'One of these, up to 100.' }),
    isNull: t.boolean({ description: 'True: there is none. False: there is one.' }),
  }),
});

/** No row has it: stands for an id that is malformed or of another type. */
const NO_ROW = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** The comparison with UUIDs in place of public ids. */
export function idComparisonOf(
  type: IdType,
  given: typeof IdComparison.$inferInput | null | undefined,
): { eq: string | null; in: string[] | null; isNull: boolean | null } | null {
  if (given === null || given === undefined) return null;
  const uuid = (id: string | number): string => uuidOf(type, String(id)) ?? NO_ROW;
  const { eq, in: list, isNull } = given;
  return {
    eq: eq === null || eq === undefined ? null : uuid(eq),
    in: list?.map(uuid) ?? null,
    isNull: isNull ?? null,
  };
}
