import { InvalidInputError, NotFoundError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { insertCodes } from '#storage/reward-code-store.ts';
import { readDraft } from '#storage/rule-set-store.ts';

import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope, Tx } from '../transaction.ts';

export const CODES_MAX = 10_000;
const CODE_LENGTH_MAX = 255;
const PRINTABLE = /^[\p{L}\p{N}\p{P}\p{S} ]+$/u;

/** A code that was not taken: its place in the list, and why. The code itself is not repeated. */
export type RefusedCode = { index: number; reason: 'DUPLICATE' | 'INVALID' };

export type CodesImported = { imported: number; refused: RefusedCode[] };

/**
 * Adds codes to the pool of a reward, which may be live or still in the draft: so a pool can be filled before it is
 * published. A code that the reward has, or had, is refused by itself; so are blank ones. Throws NotFoundError, and
 * InvalidInputError for no codes, for too many, and for a reward that hands out none.
 */
export async function importRewardCodes(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: { rewardCode: string; codes: readonly string[] },
): Promise<CodesImported & { replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    if (input.codes.length < 1 || input.codes.length > CODES_MAX)
      throw new InvalidInputError(`Import 1 to ${CODES_MAX} codes at once.`, ['codes']);
    const rewardId = await findPool(deps, tx, input.rewardCode);
    const { fresh, refused } = sortOut(input.codes);
    const rows = [...fresh.keys()].map((code) => ({ id: deps.newId(), code }));
    const imported = await insertCodes(tx, tx.programId, rewardId, rows, tx.now);
    for (const [code, index] of fresh) if (!imported.has(code)) refused.push({ index, reason: 'DUPLICATE' });
    tx.audit({
      action: 'reward_code.imported',
      subject: publicId('Reward', rewardId),
      after: { imported: imported.size, refused: refused.length },
    });
    return { imported: imported.size, refused: refused.toSorted((a, b) => a.index - b.index) };
  });
}

async function findPool(deps: AppDeps, tx: Tx, code: string): Promise<string> {
  const { content } = (await deps.catalogues.at(tx, tx.programId)).ruleSet;
  const draft = await readDraft(tx, tx.programId);
  const reward = [...content.rewards, ...draft.content.rewards].find((known) => known.code === code);
  if (reward === undefined) throw new NotFoundError('reward', ['reward']);
  if (reward.fulfilment.kind !== 'CODE_POOL')
    throw new InvalidInputError('Only a reward of the kind CODE_POOL has codes to import.', ['reward']);
  return reward.id;
}

/** The codes as they are kept, each with its first place, and those that cannot be. */
function sortOut(codes: readonly string[]): { fresh: Map<string, number>; refused: RefusedCode[] } {
  const fresh = new Map<string, number>();
  const refused: RefusedCode[] = [];
  for (const [index, given] of codes.entries()) {
    const code = given.trim();
    if (code === '' || code.length > CODE_LENGTH_MAX || !PRINTABLE.test(code))
      refused.push({ index, reason: 'INVALID' });
    else if (fresh.has(code)) refused.push({ index, reason: 'DUPLICATE' });
    else fresh.set(code, index);
  }
  return { fresh, refused };
}
