import { insertLot } from '#domain/ledger/account.ts';
import type { AccountState, Counterparty, Hold, Inactivity, Lot } from '#domain/ledger/account.ts';
import type { Counterparties } from '#domain/ledger/posting.ts';
import type { LedgerWrites } from '#domain/ledger/writes.ts';

import type { Statements } from './postgres.ts';
import { insertExpiryMoves } from './sql/expiry-moves.ts';
import { insertLedgerEntries, insertLedgerTransactions } from './sql/insert-ledger-rows.ts';
import { lockAccounts as lockAccountRows } from './sql/lock-accounts.ts';
import type { LockedAccountRow } from './sql/lock-accounts.ts';
import { insertHolds, saveHoldLots, updateHolds } from './sql/save-holds.ts';
import { insertLots, updateLots } from './sql/save-lots.ts';
import { selectOpenHolds } from './sql/select-holds.ts';
import { selectOpenLots } from './sql/select-lots.ts';
import { runParts } from './sql/statement-parts.ts';
import type { StatementPart } from './sql/statement-parts.ts';
import { updateLedgerAccounts } from './sql/update-ledger-accounts.ts';

export type AccountKey = { customerId: string; currencyId: string };

/** Locked accounts, found by customer and currency, and the counterparties that postings on them need. */
export type LockedAccounts = {
  states: readonly AccountState[];
  account: (customerId: string, currencyId: string) => AccountState;
  counterparties: Counterparties;
};

const ROUNDS_MAX = 3;

/**
 * Locks the accounts until the transaction ends, creating missing ones; keys may repeat and come in any order. Lots and
 * holds are not read: follow with `loadLots` for the accounts that need them. All accounts of a decision must be asked for
 * in one call, because the order of locks is kept within a call.
 */
export async function lockAccounts(
  tx: Statements,
  newId: () => string,
  programId: string,
  keys: readonly AccountKey[],
): Promise<LockedAccounts> {
  let missing = new Map(keys.map((key) => [placeOf(key.customerId, key.currencyId), key]));
  const byPlace = new Map<string, AccountState>();
  const counterparties = new Map<string, Record<Counterparty, string>>();
  const inactivity = new Map<string, Inactivity>();
  for (let round = 1; missing.size > 0; round += 1) {
    if (round > ROUNDS_MAX) throw new Error('ledger accounts could not be created');
    const wanted = [...missing]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { customerId, currencyId }]) => ({ customerId, currencyId, newId: newId() }));
    for (const row of await lockAccountRows(tx, programId, wanted)) {
      if (row.customer_id === null) {
        const accounts = counterparties.get(row.currency_id) ?? {
          ISSUANCE: '',
          REDEMPTION: '',
          EXPIRY: '',
          ADJUSTMENT: '',
        };
        accounts[row.kind as Counterparty] = row.id;
        counterparties.set(row.currency_id, accounts);
        if (row.inactivity !== null) inactivity.set(row.currency_id, row.inactivity);
      } else {
        byPlace.set(placeOf(row.customer_id, row.currency_id), toAccount(programId, row.customer_id, row));
      }
    }
    missing = new Map([...missing].filter(([place]) => !byPlace.has(place)));
  }
  for (const state of byPlace.values()) state.inactivity = inactivity.get(state.currencyId) ?? null;
  return {
    states: [...byPlace.values()],
    account: (customerId, currencyId) => {
      const state = byPlace.get(placeOf(customerId, currencyId));
      if (state === undefined) throw new Error(`account of customer ${customerId} in ${currencyId} is not locked`);
      return state;
    },
    counterparties,
  };
}

/** Reads lots and open holds into accounts that do not have them yet, two statements for any number of accounts. */
export async function loadLots(tx: Statements, programId: string, accounts: readonly AccountState[]): Promise<void> {
  const byId = new Map(accounts.filter((account) => !account.lotsLoaded).map((account) => [account.id, account]));
  if (byId.size === 0) return;
  const lots: Lot[] = await selectOpenLots(tx, programId, [...byId.keys()]);
  for (const lot of lots) {
    const account = byId.get(lot.accountId);
    if (account !== undefined) insertLot(account, lot);
  }
  const holding = [...byId.values()].filter((account) => account.held > 0).map((account) => account.id);
  const holds: Hold[] = holding.length === 0 ? [] : await selectOpenHolds(tx, programId, holding);
  for (const hold of holds) byId.get(hold.accountId)?.holds.push(hold);
  for (const account of byId.values()) account.lotsLoaded = true;
}

/** Writes a posting in one statement, however many rows of however many tables. */
export async function writeLedger(tx: Statements, writes: LedgerWrites): Promise<void> {
  const { programId } = writes;
  const part = <Row>(
    rows: readonly Row[],
    make: (program: string, of: readonly Row[]) => StatementPart,
  ): StatementPart[] => (rows.length === 0 ? [] : [make(programId, rows)]);
  await runParts(tx, 'write-ledger', [
    ...part(writes.transactions, insertLedgerTransactions),
    ...part(writes.newLots, insertLots),
    ...part(writes.changedLots, updateLots),
    ...part(writes.entries, insertLedgerEntries),
    ...part(writes.newHolds, insertHolds),
    ...part(writes.changedHolds, updateHolds),
    ...part(writes.holdLots, saveHoldLots),
    ...part(writes.expiryMoves, insertExpiryMoves),
    ...part(writes.accounts, updateLedgerAccounts),
  ]);
}

/** UUIDs are compared as text here and as bytes in the database: the same order, since both are lower-case. */
function placeOf(customerId: string, currencyId: string): string {
  return `${customerId} ${currencyId}`;
}

function toAccount(programId: string, customerId: string, row: LockedAccountRow): AccountState {
  return {
    id: row.id,
    programId,
    customerId,
    currencyId: row.currency_id,
    pending: row.pending,
    available: row.available,
    held: row.held,
    seq: row.seq,
    nextDueAt: row.next_due_at,
    lots: [],
    holds: [],
    lotsLoaded: false,
    activeRun: row.active_run,
    activeUntil: row.active_until,
    inactivity: null,
  };
}
