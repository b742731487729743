import { explainPlay } from '#domain/explanation/draw-words.ts';
import type { Explanation } from '#domain/explanation/trace.ts';
import { findCustomerFacts } from '#storage/activity-store.ts';
import type { DrawPlayRow } from '#storage/draw-store.ts';
import { readRevision } from '#storage/rule-set-store.ts';

import { formatOf, type ExplanationReads } from './reads.ts';

/** Why a play came out as it did, by its ticket and the weights of the revision that decided. */
export async function explainDrawPlay(
  deps: ExplanationReads,
  programId: string,
  play: DrawPlayRow,
  locale: string | null,
): Promise<Explanation> {
  const [catalogue, [customer], revision] = await Promise.all([
    deps.catalogues.current(programId),
    findCustomerFacts(deps.reads, programId, [play.customerId], []),
    readRevision(deps.reads, programId, play.revision),
  ]);
  const draw = revision?.content.draws.find(({ id }) => id === play.drawId);
  const reader = locale ?? customer?.locale ?? null;
  return explainPlay({ ...play, weights: draw?.outcomes ?? null }, reader, formatOf(catalogue, reader));
}
