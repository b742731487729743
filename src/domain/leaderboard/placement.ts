import { publicId } from '../ids.ts';
import type { Leaderboard } from '../program/program.ts';
import type { PropertyDeclaration } from '../program/program.ts';
import { createAudienceCompiler, type Audience, type AudienceFacts } from '../reward/audience.ts';

/** What of a customer decides in which part of a board it is ranked. */
export type PlacementFacts = AudienceFacts & {
  accountId: string | null;
  /** Codes of tiers by the code of the ladder. */
  tierOf: Readonly<Record<string, string>>;
};

type Placing = Pick<Leaderboard, 'scope' | 'audience'>;

/** Whether a season of the board falls into parts, each ranked by itself. */
export function hasParts({ scope }: Pick<Leaderboard, 'scope'>): boolean {
  return scope === 'TIER' || scope === 'ATTRIBUTE' || scope === 'ACCOUNT' || scope === 'LEAGUE';
}

/** Whether where an entry stands depends on what the customer is, beside the score. */
export function isPlaced(board: Placing): boolean {
  return hasParts(board) || board.audience !== '';
}

const PART_LENGTH_MAX = 100;

/**
 * The part of the board that takes a customer; '' on a board without parts, null where none does: below the first tier,
 * without a value of the attribute or an account, outside the audience. It is what the customer is now: whoever moves takes
 * the whole score of the season along.
 */
export function partOf(
  board: Leaderboard,
  facts: PlacementFacts,
  declarations: readonly PropertyDeclaration[],
): string | null {
  if (board.audience !== '' && !isIn(board, facts, declarations)) return null;
  switch (board.scope) {
    case 'TIER':
      return facts.tierOf[board.scopeKey ?? ''] ?? null;
    case 'ATTRIBUTE': {
      const value = facts.customer.attributes[board.scopeKey ?? ''];
      const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
      const text = isPlain ? String(value) : '';
      return text.slice(0, PART_LENGTH_MAX) || null;
    }
    case 'ACCOUNT':
      return facts.accountId === null ? null : publicId('Account', facts.accountId);
    case 'PROGRAM':
    case 'TEAM':
      return '';
    case 'LEAGUE':
      // Cohorts are filled as customers come, by src/app/league/place.ts.
      throw new Error('a league places its customers itself');
  }
}

const compiled = new WeakMap<Leaderboard, Audience | null>();

/** A condition that has stopped to make sense, because an attribute is not declared any more, takes nobody. */
function isIn(board: Leaderboard, facts: PlacementFacts, declarations: readonly PropertyDeclaration[]): boolean {
  let audience = compiled.get(board);
  if (audience === undefined) {
    const made = createAudienceCompiler(declarations)(board.audience);
    audience = 'problem' in made ? null : made;
    compiled.set(board, audience);
  }
  return audience !== null && audience.failingPart(facts) === null;
}
