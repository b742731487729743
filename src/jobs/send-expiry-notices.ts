import { sendExpiryNotices } from '#app/expiry-notice/send.ts';
import type { AppDeps } from '#app/transaction.ts';
import { listNoticeSettings } from '#storage/expiry-notice-store.ts';
import type { Statements } from '#storage/postgres.ts';

/**
 * Tells the customers of all programs whose points will expire, each program by its own clock and days; what was missed is made
 * up for. A setting that fails is logged and left for the next run. Gives how many notices were sent.
 */
export async function runSendExpiryNotices(deps: AppDeps & { reads: Statements }): Promise<number> {
  let sent = 0;
  // The nearest setting of a currency comes first: of several notices about one day it is the one that is sent.
  for (const setting of await listNoticeSettings(deps.reads)) {
    try {
      sent += await sendExpiryNotices(deps, setting);
    } catch (error) {
      deps.log.error({ err: error, setting }, 'notices of expiry could not be sent');
    }
  }
  return sent;
}
