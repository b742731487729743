import { may } from '#domain/caller.ts';
import { publicId } from '#domain/ids.ts';
import { scoreText } from '#domain/leaderboard/score.ts';
import type { Standing } from '#domain/leaderboard/standing.ts';
import type { Leaderboard } from '#domain/program/program.ts';

import { builder } from './builder.ts';
import { CustomerRef } from './customer.ts';
import { ITS_OWN, SAME_FOR_EQUAL_RIGHTS } from './sharing.ts';

/** What rows need to know of their board. */
export type RowsOf = { programId: string } & Pick<
  Leaderboard,
  'scoreDecimals' | 'scope' | 'subProperty' | 'subScoreDecimals'
>;

/** The public id of whoever stands on a board: a customer, or a team. */
export function rowId({ scope }: Pick<Leaderboard, 'scope'>, id: string): string {
  return publicId(scope === 'TEAM' ? 'Team' : 'Customer', id);
}

/** A row as it is answered. What is shown of it is made once, however many callers share the list. */
export class StandingRow {
  readonly standing: Standing;
  readonly programId: string;
  readonly #board: RowsOf;
  #customerId: string | null = null;
  #score: string | null = null;

  constructor(standing: Standing, board: RowsOf) {
    this.standing = standing;
    this.programId = board.programId;
    this.#board = board;
  }

  get customerId(): string {
    return (this.#customerId ??= rowId(this.#board, this.standing.customerId));
  }

  get isTeam(): boolean {
    return this.#board.scope === 'TEAM';
  }

  get subScore(): string | null {
    const { subProperty, subScoreDecimals } = this.#board;
    return subProperty === null ? null : scoreText(this.standing.subScore, subScoreDecimals);
  }

  get score(): string {
    return (this.#score ??= scoreText(this.standing.score, this.#board.scoreDecimals));
  }
}

const made = new WeakMap<readonly Standing[], StandingRow[]>();

/** The rows of a list, the same ones for the same list. */
export function rowsOf(standings: readonly Standing[], board: RowsOf): StandingRow[] {
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
      description:
        'By the tie rule of the board: 1, 2, 2, 4 by default, one more than the number of customers with a better score.',
      resolve: (row) => row.standing.rank,
    }),
    position: t.int({
      extensions: ITS_OWN,
      description:
        'Place in the list, from 1 without gaps. Of equal scores and sub-scores, the one reached first stands before; then by customer.',
      resolve: (row) => row.standing.position,
    }),
    score: t.field({
      extensions: ITS_OWN,
      type: 'Decimal',
      description: 'The exact score, with as many decimals as the board has.',
      resolve: (row) => row.score,
    }),
    subScore: t.field({
      extensions: ITS_OWN,
      type: 'Decimal',
      nullable: true,
      description: 'What decides between equal scores; null on a board that names no sub-score.',
      resolve: (row) => row.subScore,
    }),
    isListed: t.boolean({
      extensions: ITS_OWN,
      description:
        'False in the row of a customer who chose not to be seen: rank and position are those that it would have, and nobody else sees them.',
      resolve: (row) => row.standing.isUnlisted !== true,
    }),
    customerId: t.id({
      extensions: ITS_OWN,
      description: 'The customer, cus_…; on a board of teams the team, tea_….',
      resolve: (row) => row.customerId,
    }),
    displayName: t.string({
      nullable: true,
      description:
        'The display name, the alias or the team’s name, a few seconds old at most; null when there is none, or none to be shown.',
      resolve: (row, _args, context) => context.deps.displayNames.of(row.programId, row.standing.customerId),
    }),
    reachedAt: t.field({
      extensions: ITS_OWN,
      type: 'DateTime',
      description:
        'When the latest activity behind a sum happened, the first with the best value, or the last one itself.',
      resolve: (row) => row.standing.reachedAt,
    }),
    customer: t.field({
      type: CustomerRef,
      nullable: true,
      subGraphs: [],
      description: 'The customer; null without customer:read, and on a board of teams.',
      resolve: (row, _args, context) =>
        may(context.caller, 'customer:read') && !row.isTeam
          ? context.loaders.customer.load(row.standing.customerId)
          : null,
    }),
  }),
});
