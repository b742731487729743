import { may } from '#domain/caller.ts';
import { publicId } from '#domain/ids.ts';
import { scoreText } from '#domain/leaderboard/score.ts';
import type { Standing } from '#domain/leaderboard/standing.ts';

import { builder } from './builder.ts';
import { CustomerRef } from './customer.ts';
import { ITS_OWN, SAME_FOR_EQUAL_RIGHTS } from './sharing.ts';

/** A row as it is answered. What is shown of it is made once, however many callers share the list. */
export class StandingRow {
  readonly standing: Standing;
  readonly programId: string;
  readonly #decimals: number;
  #customerId: string | null = null;
  #score: string | null = null;

  constructor(standing: Standing, board: { programId: string; scoreDecimals: number }) {
    this.standing = standing;
    this.programId = board.programId;
    this.#decimals = board.scoreDecimals;
  }

  get customerId(): string {
    return (this.#customerId ??= publicId('Customer', this.standing.customerId));
  }

  get score(): string {
    return (this.#score ??= scoreText(this.standing.score, this.#decimals));
  }
}

const made = new WeakMap<readonly Standing[], StandingRow[]>();

/** The rows of a list, the same ones for the same list. */
export function rowsOf(
  standings: readonly Standing[],
  board: { programId: string; scoreDecimals: number },
): StandingRow[] {
  const known = made.get(standings);
  if (known !== undefined) return known;
  const rows = standings.map((standing) => new StandingRow(standing, board));
  made.set(standings, rows);
  return rows;
}

export const StandingRef = builder.objectRef<StandingRow>('Standing').implement({
  description: 'One row of a leaderboard.',
  subGraphs: ['Public'],
  extensions: SAME_FOR_EQUAL_RIGHTS,
  fields: (t) => ({
    rank: t.int({
      extensions: ITS_OWN,
      description: 'Standard competition rank: 1, 2, 2, 4. One more than the number of customers with a better score.',
      resolve: (row) => row.standing.rank,
    }),
    position: t.int({
      extensions: ITS_OWN,
      description:
        'Place in the list, from 1 without gaps. Of equal scores, the one reached first stands before; then by customer.',
      resolve: (row) => row.standing.position,
    }),
    score: t.field({
      extensions: ITS_OWN,
      type: 'Decimal',
      description: 'The exact score, with as many decimals as the board has.',
      resolve: (row) => row.score,
    }),
    customerId: t.id({
      extensions: ITS_OWN,
      description: 'The customer, cus_….',
      resolve: (row) => row.customerId,
    }),
    displayName: t.string({
      nullable: true,
      description: 'The name that the customer goes by, a few seconds old at most; null when there is none.',
      resolve: (row, _args, context) => context.deps.displayNames.of(row.programId, row.standing.customerId),
    }),
    reachedAt: t.field({
      extensions: ITS_OWN,
      type: 'DateTime',
      description: 'When the latest activity behind a sum happened, or the first with the best value.',
      resolve: (row) => row.standing.reachedAt,
    }),
    customer: t.field({
      type: CustomerRef,
      nullable: true,
      subGraphs: [],
      description: 'The customer; null without customer:read.',
      resolve: (row, _args, context) =>
        may(context.caller, 'customer:read') ? context.loaders.customer.load(row.standing.customerId) : null,
    }),
  }),
});
