// Ladders for tests, each with what the test does not care about filled in.
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { ItemInput } from '#domain/rule-set/content.ts';
import { compileLadders, type CompiledLadder } from '#domain/tier/compile.ts';
import { LadderSchema, type Ladder } from '#domain/tier/ladder.ts';

import { SURROUNDINGS } from './earning.ts';

type TierInput = ItemInput<'ladders'>['tiers'][number];

/** A tier that begins at an amount. */
export function aTier(code: string, threshold: string | null, more: Partial<TierInput> = {}): TierInput {
  return { code, name: code, threshold, ...more };
}

/** Bronze from 0, silver from 1,000 and gold from 5,000 points earned in a calendar year, unless told otherwise. */
export function aLadder(overrides: Partial<ItemInput<'ladders'>> = {}): ItemInput<'ladders'> {
  return {
    code: 'status',
    name: 'Status',
    basis: { kind: 'POINTS_EARNED', currency: null },
    period: { kind: 'CALENDAR', unit: 'YEAR' },
    tiers: [aTier('bronze', '0'), aTier('silver', '1000'), aTier('gold', '5000')],
    downgrade: 'TO_DESERVED',
    ...overrides,
  };
}

function parsed(input: ItemInput<'ladders'>, place = 0): Ladder {
  return LadderSchema.parse({ ...input, id: `00000000-0000-7000-b000-${String(place).padStart(12, '0')}` });
}

/** A ladder that must compile. */
export function aCompiledLadder(overrides: Partial<ItemInput<'ladders'>> = {}): CompiledLadder {
  const compiled = compileLadders([parsed(aLadder(overrides))], SURROUNDINGS);
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems));
  const [only] = compiled.ladders;
  if (only === undefined) throw new Error('one ladder gives one');
  return only;
}

/** What is wrong with ladders that must not compile. */
export function ladderProblems(...ladders: Partial<ItemInput<'ladders'>>[]): string[] {
  const compiled = compileLadders(
    ladders.map((ladder, place) => parsed(aLadder(ladder), place)),
    SURROUNDINGS,
  );
  return 'problems' in compiled ? compiled.problems.map(({ path, message }) => `${path.join('.')}: ${message}`) : [];
}

/** The only live ladder. */
export function ladderOf({ ruleSet }: Catalogue): CompiledLadder {
  const [only] = ruleSet.ladders;
  if (only === undefined) throw new Error('no ladder is live');
  return only;
}
