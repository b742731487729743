import type { BoardWindow, PartName } from '#domain/leaderboard/standing.ts';
import { seesEverything } from '#domain/leaderboard/visibility.ts';
import type { Leaderboard } from '#domain/program/program.ts';
import { builder } from '#schema/builder.ts';
import type { Context } from '#schema/context.ts';
import { findLeaderboard } from '#schema/leaderboard.ts';
import { badUserInput, PAGE_MAX } from '#schema/paging.ts';
import { aroundWindow, bounded, ownerOn, partWanted, RADIUS_MAX, wantedCustomer } from '#schema/standings.ts';
import { resumeArgs } from '#schema/stream-item.ts';

import { sharedStream } from './audience.ts';
import { LeaderboardChangeRef, type Change } from './leaderboard-item.ts';
import { openBoard, type Shown, type Wanted } from './leaderboard-source.ts';
import { createStateStream } from './stream.ts';

builder.subscriptionField('leaderboardChanged', (t) =>
  t.field({
    type: LeaderboardChangeRef,
    description:
      'A leaderboard as it moves: first a snapshot, then what changed, at most twenty items a second. A reader who is slower gets fewer and larger items, never older ones; with `after` one item that leads from what they have to the present, for a minute. Without a season it follows the current one into the next. Ends when the caller may not see the board any more. Needs leaderboard:read.',
    subGraphs: ['Public'],
    extensions: sharedStream(({ aroundMe }) => aroundMe === true),
    authScopes: { permission: 'leaderboard:read' },
    args: {
      ...resumeArgs,
      id: t.arg.id({ description: 'The leaderboard, ldb_…. Give id or code.' }),
      code: t.arg.string({ description: 'The leaderboard by code. Give id or code.' }),
      season: t.arg.string({ description: 'Key of a season; the current one, and those after it, when left out.' }),
      part: t.arg.string({
        description:
          'On a board of parts, whose first rows: a tier, a value of the attribute, an account, acc_…; with aroundMe it may be left out to mean one’s own.',
      }),
      top: t.arg.int({
        required: true,
        defaultValue: 10,
        description: `How many of the first rows, 0 to ${PAGE_MAX}; 10 by default, 0 for none.`,
      }),
      around: t.arg.id({ description: 'A customer, cus_…, to show with the rows on either side.' }),
      aroundMe: t.arg.boolean({
        required: true,
        defaultValue: false,
        description: 'The same for the customer who calls. Not together with around.',
      }),
      radius: t.arg.int({
        required: true,
        defaultValue: 5,
        description: `Rows on either side, 0 to ${RADIUS_MAX}; 5 by default.`,
      }),
    },
    subscribe: async (_root, args, context) => {
      const board = await findLeaderboard(args, context);
      if (board === null) throw badUserInput('There is no such leaderboard.');
      const wanted = await wantedOf(board, args, context);
      return createStateStream<Shown, Change>(
        (signals) => openBoard(context, board, wanted, signals),
        args.after ?? null,
      );
    },
    resolve: (change) => change,
  }),
);

type Args = {
  season?: string | null | undefined;
  part?: string | null | undefined;
  top: number;
  around?: string | number | null | undefined;
  aroundMe: boolean;
  radius: number;
};

/**
 * What a reader may see of what it asks for. Who reads alike shares one stream, so that only `aroundMe` may look at who it
 * is: on a board of NEIGHBOURS customers are given no first rows, and nobody else's.
 */
async function wantedOf(board: Leaderboard, args: Args, context: Context): Promise<Wanted> {
  const { season, part, top, around, aroundMe, radius } = args;
  const hasAround = around !== null && around !== undefined;
  if (hasAround && aroundMe) throw badUserInput('Give around or aroundMe, not both.');
  bounded('top', top, 0, PAGE_MAX);
  bounded('radius', radius, 0, RADIUS_MAX);
  const seesAll = seesEverything(context.caller, board);
  if (!seesAll && !aroundMe) throw badUserInput('This leaderboard shows a customer its neighbours: ask for aroundMe.');
  const customerId = hasAround || aroundMe ? wantedCustomer(around, context) : null;
  if (hasAround && customerId === null) throw badUserInput('around is not the id of a customer.');
  if (top === 0 && customerId === null) throw badUserInput('Ask for top, around, or both.');
  const owner = customerId === null ? null : await ownerOn(board, customerId, context);
  return {
    top:
      top === 0 || !seesAll
        ? null
        : { kind: 'PAGE', offset: 0, count: top, part: partOf(board, part, aroundMe, context) },
    around: owner === null ? null : aroundOf(owner, customerId, args, context),
    season: season ?? null,
  };
}

function aroundOf(owner: string, customerId: string | null, { aroundMe, radius }: Args, context: Context): BoardWindow {
  if (customerId === null || (!aroundMe && context.caller.kind === 'CUSTOMER'))
    return { kind: 'AROUND', customerId: owner, radius };
  return aroundWindow(context.caller, customerId, radius, owner);
}

/** Only a stream of one's own may show one's own part. */
function partOf(board: Leaderboard, part: string | null | undefined, aroundMe: boolean, context: Context): PartName {
  const wanted = partWanted(board, part, context);
  if (typeof wanted === 'object' && !aroundMe) throw badUserInput('Name the part, or ask for aroundMe.');
  return wanted;
}
