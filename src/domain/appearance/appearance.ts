import { InvalidInputError } from '../errors.ts';

/**
 * How a customer appears on boards. NAME shows the display name, ALIAS a name for boards alone, ANONYMOUS none. HIDDEN is
 * not listed at all: the ranks of the others are as if there were no such customer, who still sees the rank it would have.
 */
export const APPEARANCES = ['NAME', 'ALIAS', 'ANONYMOUS', 'HIDDEN'] as const;
export type Appearance = (typeof APPEARANCES)[number];

export type BoardAppearance = { appearance: Appearance; alias: string | null };

const ALIAS_LENGTH_MAX = 40;
const CONTROL = /\p{Cc}/u;

/** Checks a choice. Throws InvalidInputError. */
export function chooseAppearance(appearance: Appearance, alias: string | null): BoardAppearance {
  const text = alias?.trim() ?? '';
  if (appearance !== 'ALIAS') {
    if (text !== '') throw new InvalidInputError('Only ALIAS has an alias.', ['alias']);
    return { appearance, alias: null };
  }
  if (text === '' || [...text].length > ALIAS_LENGTH_MAX || CONTROL.test(text) || !text.isWellFormed())
    throw new InvalidInputError(`An alias has 1 to ${ALIAS_LENGTH_MAX} characters, none of them a control character.`, [
      'alias',
    ]);
  return { appearance, alias: text };
}
