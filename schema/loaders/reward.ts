import DataLoader from 'dataloader';

import { answerRedemptions, type RedemptionQuestion } from '#app/redemption/can-redeem.ts';
import { may, type Caller } from '#domain/caller.ts';
import type { Decision } from '#domain/reward/can-redeem.ts';
import type { Deps } from '#src/deps.ts';
import {
  findRedemptionEvents,
  findRedemptions,
  findRedemptionsPaidBy,
  type RedemptionRow,
} from '#storage/redemption-store.ts';
import { countCodes } from '#storage/reward-code-store.ts';
import { readStock } from '#storage/reward-stock-store.ts';

import { loaderById } from './by-id.ts';

/** Whether the caller may see a customer's redemptions: whoever holds redemption:read, and the customer. */
export function maySeeRedemptionsOf(caller: Caller, customerId: string): boolean {
  return (
    may(caller, 'redemption:read') ||
    (caller.kind === 'CUSTOMER' && may(caller, 'self:read') && caller.customerId === customerId)
  );
}

/** Redemptions by id that the caller may see. */
export function createRedemptionLoader(deps: Deps, caller: Caller): DataLoader<string, RedemptionRow | null> {
  return loaderById(async (ids) => {
    if (!('programId' in caller)) return [];
    const rows = await findRedemptions(deps.reads, caller.programId, ids);
    return rows.filter((row) => maySeeRedemptionsOf(caller, row.customerId));
  });
}

/** What a ledger transaction is, as far as redemptions are found by it. */
type Payment = { id: string; holdId: string | null };

/** The redemption that a ledger transaction paid for, or whose points it held or let go; for those who may see it. */
export function createPaidRedemptionLoader(
  deps: Deps,
  caller: Caller,
): DataLoader<Payment, RedemptionRow | null, string> {
  return new DataLoader(
    async (payments) => {
      if (!('programId' in caller)) return payments.map(() => null);
      const transactionIds = payments.filter(({ holdId }) => holdId === null).map(({ id }) => id);
      const holdIds = payments.flatMap(({ holdId }) => holdId ?? []);
      const rows = await findRedemptionsPaidBy(deps.reads, caller.programId, transactionIds, holdIds);
      const visible = rows.filter((row) => maySeeRedemptionsOf(caller, row.customerId));
      return payments.map(
        ({ id, holdId }) =>
          visible.find((row) => (holdId === null ? row.transactionId === id : row.holdId === holdId)) ?? null,
      );
    },
    { cacheKeyFn: ({ id }) => id },
  );
}

type Events = Awaited<ReturnType<typeof findRedemptionEvents>>;

/** The histories of redemptions that were loaded before. */
export function createRedemptionEventsLoader(deps: Deps, programId: string | null): DataLoader<string, Events> {
  return new DataLoader(async (ids) => {
    const events = programId === null ? [] : await findRedemptionEvents(deps.reads, programId, ids);
    const byRedemption = Map.groupBy(events, (event) => event.redemptionId);
    return ids.map((id) => byRedemption.get(id) ?? []);
  });
}

/** Whether redemptions would go through, all of one request in a few statements. Nothing is remembered. */
export function createEligibilityLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<RedemptionQuestion, Decision | null> {
  return new DataLoader(
    async (questions) =>
      programId === null ? questions.map(() => null) : answerRedemptions(deps, programId, questions),
    { cache: false },
  );
}

/** What customers have of rewards. */
export function createStockLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<string, { reserved: number; issued: number }> {
  return new DataLoader(
    async (ids) => {
      const stock = programId === null ? new Map<string, never>() : await readStock(deps.reads, programId, ids);
      return ids.map((id) => stock.get(id) ?? { reserved: 0, issued: 0 });
    },
    { cache: false },
  );
}

/** How many codes rewards ever had, and how many are free. */
export function createCodeCountLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<string, { added: number; free: number }> {
  return new DataLoader(
    async (ids) => {
      const counts = programId === null ? new Map<string, never>() : await countCodes(deps.reads, programId, ids);
      return ids.map((id) => counts.get(id) ?? { added: 0, free: 0 });
    },
    { cache: false },
  );
}
