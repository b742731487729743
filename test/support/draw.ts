// Prize draws, each with what a test does not care about filled in, and plays of them by the tenant's own server.
import { randomUUID } from 'node:crypto';

import { playDraw, type DrawPlayed } from '#app/draw/play.ts';
import { DrawSchema, type Draw } from '#domain/draw/draw.ts';
import { DrawRefusedError } from '#domain/errors.ts';
import type { Deps } from '#src/deps.ts';
import { findPlays, type DrawPlayRow } from '#storage/draw-store.ts';

import { aCommand, type TestProgram } from './program.ts';

const NO_ID = '00000000-0000-7000-8000-000000000000';

export type OutcomeGiven = Partial<Omit<Draw['outcomes'][number], 'prize'>> & {
  code: string;
  prize?: { kind: 'NOTHING' } | { kind: 'POINTS'; points: number } | { kind: 'REWARD'; reward: string };
};
/** What a test says of a draw; everything else is as the form fills it in. */
export type DrawGiven = Partial<Omit<Draw, 'id' | 'outcomes' | 'budget'>> & {
  outcomes?: OutcomeGiven[];
  budget?: Partial<NonNullable<Draw['budget']>> & { per: NonNullable<Draw['budget']>['per'] };
};

/** A wheel for 10 points a play: 50 points with one ticket, nothing with nine, unless told otherwise. */
export function aDraw({ outcomes, ...given }: DrawGiven = {}): Omit<Draw, 'id'> {
  const { id: _id, ...draw } = DrawSchema.parse({
    id: NO_ID,
    code: 'wheel',
    texts: { en: { name: 'Wheel' }, de: { name: 'Glücksrad' } },
    price: { points: 10 },
    fallback: 'blank',
    ...given,
    outcomes: (
      outcomes ?? [
        { code: 'win', prize: { kind: 'POINTS', points: 50 } },
        { code: 'blank', weight: 9 },
      ]
    ).map((outcome) => ({
      weight: 1,
      prize: { kind: 'NOTHING' },
      texts: { en: { name: `The ${outcome.code}` } },
      ...outcome,
    })),
  });
  return draw;
}

/** Plays once. */
export function play(
  deps: Deps,
  program: TestProgram,
  customerId: string,
  key: string = randomUUID(),
  drawCode = 'wheel',
): Promise<DrawPlayed & { replayed: boolean }> {
  const input = { customer: { id: customerId, externalId: null }, drawCode };
  return playDraw(deps, program.scope, aCommand('drawPlay', input, key), input);
}

/** Plays once, and gives what is on record of it. */
export async function played(deps: Deps, program: TestProgram, customerId: string): Promise<DrawPlayRow> {
  const { playId } = await play(deps, program, customerId);
  const [row] = await findPlays(deps.reads, program.programId, [playId]);
  if (row === undefined) throw new Error('no such play');
  return row;
}

/** The codes of why a play is refused; throws when it is not. */
export async function refusalsOfPlay(playing: Promise<unknown>): Promise<string[]> {
  try {
    await playing;
  } catch (error) {
    if (error instanceof DrawRefusedError) return error.refusals.map(({ code }) => code);
    throw error;
  }
  throw new Error('the play was not refused');
}

/** The same deps with tickets that a test chooses. */
export function withTickets(deps: Deps, chance: (below: number) => number): Deps {
  return { ...deps, chance };
}
