import { daysToTell, type ExpiryNotice } from '#domain/expiry-notice/expiry-notice.ts';
import { addDays, localDay, startOfDay } from '#domain/time.ts';
import {
  insertNotices,
  lockNoticeDay,
  saveNoticeDay,
  selectNoticesDue,
  type NoticeSetting,
} from '#storage/expiry-notice-store.ts';

import { inTransaction, type AppDeps, type Tx } from '../transaction.ts';

/** Most customers a transaction: each has an event in the outbox. */
const BATCH = 500;

/**
 * Sends what one setting of a currency has to tell by now, in transactions of bounded size: what is on record as sent has its
 * event beside it, so that a killed process neither loses nor repeats any. Gives how many were sent.
 */
export async function sendExpiryNotices(deps: AppDeps, setting: NoticeSetting): Promise<number> {
  const scope = { programId: setting.programId, actor: 'system:notice' };
  for (let sum = 0; ;) {
    const sent = await inTransaction(deps, scope, (tx) => sendBatch(deps, tx, setting));
    sum += sent;
    if (sent < BATCH) return sum;
  }
}

async function sendBatch(deps: AppDeps, tx: Tx, setting: NoticeSetting): Promise<number> {
  const { currencyId, days } = setting;
  const through = await lockNoticeDay(tx, setting);
  const catalogue = await deps.catalogues.at(tx, tx.programId);
  const { timeZone } = catalogue.program;
  const currency = catalogue.currencyById.get(currencyId);
  const today = localDay(tx.now, timeZone);
  const wanted = daysToTell(today, days, through);
  if (wanted === null || currency === undefined) return 0;
  const begins = startOfDay(wanted.from, timeZone);
  const due = await selectNoticesDue(tx, {
    ...setting,
    timeZone,
    now: tx.now,
    after: begins > tx.now ? begins : tx.now,
    until: startOfDay(addDays(wanted.to, 1), timeZone),
    limit: BATCH,
  });
  const notices = due.map((one): ExpiryNotice => ({ ...one, currencyId, days, sentAt: tx.now }));
  await insertNotices(tx, tx.programId, notices);
  for (const { customerId, points, expiresOn, expiresAt } of notices)
    tx.emit({
      type: 'points.expiring',
      ...{ customerId, currencyId, currency: currency.code, days, points, expiresOn },
      expiresAt: expiresAt.toISOString(),
    });
  if (due.length < BATCH) await saveNoticeDay(tx, setting, today);
  return due.length;
}
