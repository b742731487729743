import { InvalidInputError } from '#domain/errors.ts';
import type { AccountState } from '#domain/ledger/account.ts';
import { balanceOf } from '#domain/ledger/balance.ts';
import type { Balance } from '#domain/ledger/balance.ts';
import { previewSettled, sumUntil } from '#domain/ledger/preview.ts';
import type { Statements } from '#storage/postgres.ts';
import { selectAccountViews } from '#storage/sql/select-account-views.ts';
import type { AccountView, ViewWanted } from '#storage/sql/select-account-views.ts';

export type BalanceReads = { reads: Statements; clock: () => Date };

/**
 * Balances at the program's present instant or at a past one, in the order asked for and as of one moment. What is due is
 * counted although no job has written it yet. A past instant counts entries by when they took effect or by when they were
 * recorded. Throws InvalidInputError for an instant that has not come.
 */
export async function readBalances(
  deps: BalanceReads,
  programId: string,
  wanted: readonly ViewWanted[],
): Promise<Balance[]> {
  const answers = await answerBalances(deps, programId, wanted);
  return answers.map((answer) => {
    if (answer instanceof InvalidInputError) throw answer;
    return answer;
  });
}

/** The same with a refusal in its place, for readers of whom one must not spoil it for the others. */
export async function answerBalances(
  deps: BalanceReads,
  programId: string,
  wanted: readonly ViewWanted[],
): Promise<(Balance | InvalidInputError)[]> {
  const views = await selectAccountViews(deps.reads, programId, deps.clock(), wanted);
  return wanted.map((one, place) => {
    const view = views[place];
    if (view === undefined) throw new Error('a balance was asked for and not read');
    if (one.asOf !== null && one.asOf > view.now)
      return new InvalidInputError('asOf must not lie in the future.', ['asOf']);
    return view.account === null ? emptyBalance(one, view.now) : balanceIn(view.account, view, one);
  });
}

function balanceIn(account: AccountState, { now, past }: AccountView, { asOf, basis }: ViewWanted): Balance {
  const unwritten = previewSettled(account, now);
  if (asOf === null || past === null) return balanceOf(account, now);
  const sums = basis === 'RECORDED' ? past : sumUntil(past, unwritten, asOf);
  return { ...balanceOf(account, asOf), pending: sums.PENDING, available: sums.AVAILABLE, held: sums.HELD };
}

function emptyBalance({ customerId, currencyId, asOf }: ViewWanted, now: Date): Balance {
  return { customerId, currencyId, pending: 0, available: 0, held: 0, seq: 0, asOf: (asOf ?? now).toISOString() };
}
