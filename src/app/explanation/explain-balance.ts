import type { Effect } from '#domain/activity/effect.ts';
import { explainBalance, type LotSource } from '#domain/explanation/balance.ts';
import type { Explanation } from '#domain/explanation/trace.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { findActivities, findCustomerFacts } from '#storage/activity-store.ts';
import { readProgramNow } from '#storage/ledger-owner-store.ts';
import type { AccountKey } from '#storage/ledger-store.ts';
import { findTransactions } from '#storage/ledger-transaction-store.ts';
import { selectOpenHolds } from '#storage/sql/select-holds.ts';

import { findLotPage } from '../ledger/find-views.ts';
import { readBalances } from '../ledger/read-balances.ts';
import { currencyIn, formatOf, type ExplanationReads } from './reads.ts';

const LOTS_MAX = 100;

/** How a customer's balance of a currency is made up now: lots with their sources and expiries, holds, debt. */
export async function explainLedgerAccount(
  deps: ExplanationReads,
  programId: string,
  accountId: string,
  { customerId, currencyId }: AccountKey,
  locale: string | null,
): Promise<Explanation> {
  const page = { after: null, before: null, backwards: false, limit: LOTS_MAX };
  const where = { customerId, currencyId, state: null, expiresBefore: null };
  const [catalogue, now, [customer], [balance], lots, holds] = await Promise.all([
    deps.catalogues.current(programId),
    readProgramNow(deps.reads, programId, deps.clock()),
    findCustomerFacts(deps.reads, programId, [customerId], []),
    readBalances(deps, programId, [{ customerId, currencyId, asOf: null, basis: 'EFFECTIVE' }]),
    findLotPage(deps, programId, where, page),
    selectOpenHolds(deps.reads, programId, [accountId]),
  ]);
  const listed = lots.slice(0, LOTS_MAX);
  const sources = await findSources(
    deps,
    programId,
    catalogue,
    listed.map((lot) => lot.transactionId),
  );
  return explainBalance(
    {
      currency: currencyIn(catalogue, currencyId),
      now,
      pending: balance?.pending ?? 0,
      available: balance?.available ?? 0,
      held: balance?.held ?? 0,
      lots: listed.map((lot) => ({ ...lot, source: sources.get(lot.transactionId) ?? null })),
      holds: holds.filter((hold) => hold.expiresAt > now),
      isCut: lots.length > LOTS_MAX,
    },
    formatOf(catalogue, locale ?? customer?.locale ?? null),
  );
}

/** What brought the lots, by transaction. */
async function findSources(
  deps: ExplanationReads,
  programId: string,
  catalogue: Catalogue,
  transactionIds: readonly string[],
): Promise<Map<string, LotSource>> {
  const transactions = await findTransactions(deps.reads, programId, [...new Set(transactionIds)]);
  const activityIds = transactions.flatMap(({ activityId }) => activityId ?? []);
  const activities = new Map(
    (await findActivities(deps.reads, programId, activityIds)).map((activity) => [activity.id, activity]),
  );
  return new Map(
    transactions.map(({ id, kind, activityId, ruleRevision }) => {
      const activity = activities.get(activityId ?? '');
      const effect = activity?.effects.find((one) => 'transactionId' in one && one.transactionId === id);
      return [
        id,
        {
          kind,
          activity: catalogue.activityTypeById.get(activity?.activityTypeId ?? '')?.code ?? null,
          ruleCode: codeOf(effect),
          revision: ruleRevision,
        },
      ];
    }),
  );
}

/** The rule or the milestone that gave the points. */
function codeOf(effect: Effect | undefined): string | null {
  if (effect?.kind === 'MILESTONE_REACHED') return effect.milestoneCode;
  return effect?.kind === 'POINTS_EARNED' ? effect.ruleCode : null;
}
