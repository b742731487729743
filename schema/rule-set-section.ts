import type { InputRef } from '@pothos/core';

import { removeItem, saveItem } from '#app/rule-set/edit-draft.ts';
import { InvalidRuleError, StaleVersionError } from '#domain/errors.ts';
import { SECTIONS, type ItemInput, type SectionName } from '#domain/rule-set/content.ts';

import { scopeOf } from './context.ts';
import { defineMutation } from './mutation.ts';
import { draftOf, DraftRef } from './rule-set.ts';

const EXPECTED_VERSION = 'The draft’s version that this edit is based on; null edits whatever stands there.';

/**
 * Declares the two mutations that edit a section of the draft: `<name>Save`, whose input carries the whole item, and
 * `<name>Remove`.
 */
export function defineSection<Name extends SectionName, Item extends object>(options: {
  section: Name;
  /** The noun in camel case, as mutations are named by it. */
  name: string;
  /** What the whole item is called in the input of `<name>Save`. */
  field: string;
  input: InputRef<Item>;
  /** The item in the form in which it is kept. */
  toItem: (input: Item) => ItemInput<Name>;
}): void {
  const { noun } = SECTIONS[options.section];
  defineMutation(`${options.name}Save`, {
    description: `Puts a ${noun} into the draft, replacing the one of the same code. Only its form is checked until the draft is published.`,
    permission: 'rule:write',
    errors: [InvalidRuleError, StaleVersionError],
    input: (t) => ({
      [options.field]: t.field({ type: options.input, required: true, description: `The whole ${noun}.` }),
      expectedVersion: t.int({ description: EXPECTED_VERSION }),
    }),
    run: (input, context, command) => {
      // The builder cannot follow a computed name; the declaration above is what it is made from.
      const { [options.field]: item, expectedVersion = null } = input as { expectedVersion?: number | null } & Record<
        string,
        unknown
      >;
      return saveItem(context.deps, scopeOf(context), command, options.section, {
        item: options.toItem(item as Item),
        expectedVersion,
      });
    },
    payload: (t) => ({
      draft: t.field({
        type: DraftRef,
        description: 'The draft as it is now.',
        resolve: (_result, _args, context) => draftOf(context),
      }),
    }),
  });
  defineMutation(`${options.name}Remove`, {
    description: `Takes a ${noun} out of the draft. It stays in the revisions that have it.`,
    permission: 'rule:write',
    errors: [StaleVersionError],
    input: (t) => ({
      code: t.string({ required: true, description: `The ${noun}’s code.` }),
      expectedVersion: t.int({ description: EXPECTED_VERSION }),
    }),
    run: ({ code, expectedVersion = null }, context, command) =>
      removeItem(context.deps, scopeOf(context), command, options.section, { code, expectedVersion }),
    payload: (t) => ({
      draft: t.field({
        type: DraftRef,
        description: 'The draft as it is now.',
        resolve: (_result, _args, context) => draftOf(context),
      }),
    }),
  });
}
