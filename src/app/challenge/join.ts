import type { CompiledChallenge } from '#domain/challenge/compile.ts';
import { whyClosed, type ChallengeClosed } from '#domain/challenge/eligible.ts';
import { mayBegin, runEnd, runPeriod, stateAt } from '#domain/challenge/run.ts';
import { NotFoundError, StateConflictError } from '#domain/errors.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { readLatestRuns, writeRuns } from '#storage/challenge-store.ts';
import { lockAccounts } from '#storage/ledger-store.ts';

import { requireCustomers, turnOf, type CustomerName } from '../ledger/parties.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope, Tx } from '../transaction.ts';
import { findContenders } from './contenders.ts';

const CLOSED: Record<ChallengeClosed, string> = {
  PAUSED: 'This challenge is paused.',
  NOT_YET: 'This challenge has not begun.',
  OVER: 'This challenge is over.',
  NOT_ENROLLED: 'Only who is enrolled takes part in challenges.',
  TIER_NEEDED: 'This challenge is for customers of other tiers.',
  NOT_ELIGIBLE: 'This challenge is not for this customer.',
  REQUIRES: 'Another challenge has to be completed before.',
  NO_TEAM: 'This challenge is for teams, and the customer is in none.',
};

/**
 * Begins a run of a challenge that has to be joined. Throws NotFoundError for an unknown challenge or customer, and
 * StateConflictError when nobody joins it, it is closed to the customer, a run is under way, or it is not repeated.
 */
export function joinChallenge(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: { customer: CustomerName; challengeCode: string },
): Promise<{ runId: string; customerId: string; replayed: boolean }> {
  return deps.turns.take([turnOf(input.customer)], () =>
    mutate(deps, scope, command, async (tx) => {
      const catalogue = await deps.catalogues.at(tx, tx.programId);
      const compiled = requireChallenge(catalogue, input.challengeCode);
      const [customerId = ''] = await requireCustomers(tx, [{ ...input.customer, path: ['customerId'] }]);
      // The lock under which activities count: none of them is decided meanwhile.
      await lockAccounts(tx, deps.newId, tx.programId, [{ customerId, currencyId: catalogue.defaultCurrency.id }]);
      const runId = await begin(deps, tx, catalogue, compiled, customerId);
      tx.emit({
        type: 'challenge.progressed',
        customerId,
        challengeId: compiled.challenge.id,
        runId,
        isCompleted: false,
      });
      return { runId, customerId };
    }),
  );
}

function requireChallenge({ ruleSet }: Catalogue, code: string): CompiledChallenge {
  const compiled = ruleSet.challenges.find(({ challenge }) => challenge.code === code);
  if (compiled === undefined) throw new NotFoundError('challenge', ['challenge']);
  if (!compiled.challenge.mustJoin)
    throw new StateConflictError('Nobody has to join this challenge: activities count by themselves.', 'OPEN', [
      'challenge',
    ]);
  return compiled;
}

async function begin(
  deps: AppDeps,
  tx: Tx,
  catalogue: Catalogue,
  compiled: CompiledChallenge,
  customerId: string,
): Promise<string> {
  const { challenge } = compiled;
  const [contender] = await findContenders(tx, catalogue, [customerId]);
  const closed = contender === undefined ? null : whyClosed(compiled, contender, tx.now);
  if (closed !== null) throw new StateConflictError(CLOSED[closed], closed, ['challenge']);
  const { timeZone } = catalogue.program;
  const period = runPeriod(challenge, tx.now, timeZone);
  const key = { challengeId: challenge.id, ownerId: customerId, period };
  const [{ latest, completions } = { latest: null, completions: 0 }] = await readLatestRuns(tx, tx.programId, [key]);
  if (latest !== null && stateAt(latest, tx.now) === 'RUNNING')
    throw new StateConflictError('The customer has joined it already.', 'JOINED', ['challenge']);
  if (!mayBegin(challenge, latest, completions))
    throw new StateConflictError('The customer has completed it, and it is not repeated.', 'COMPLETED', ['challenge']);
  const run = {
    ...key,
    id: deps.newId(),
    number: (latest?.number ?? 0) + 1,
    state: 'RUNNING' as const,
    startedAt: tx.now,
    endsAt: runEnd(compiled, tx.now, timeZone),
    completedAt: null,
    amounts: new Map(),
    goal: challenge.goal,
    completedBy: null,
    prize: null,
  };
  await writeRuns(tx, tx.programId, [run], []);
  return run.id;
}
