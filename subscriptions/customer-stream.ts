import { builder } from '#schema/builder.ts';
import { programOf, type Context } from '#schema/context.ts';
import { findOwnCustomer } from '#schema/ledger-party.ts';
import { badUserInput } from '#schema/paging.ts';

import type { MessageOf } from './channels.ts';
import type { Signals, Source } from './stream.ts';

/** What streams about one customer share: who is meant, and what wakes them. */

/** The two arguments, of which a subscription gives one; a customer token needs neither. */
export const whoseArgs = builder.args((t) => ({
  customerId: t.id({
    description: 'Whose, cus_…. This or customerExternalId; a customer token needs neither.',
  }),
  customerExternalId: t.string({ description: 'Whose, by the tenant’s own id.' }),
}));

/** The UUID of the customer that is meant. Throws BAD_USER_INPUT when there is none that the caller may see. */
export async function requireOwnCustomer(
  context: Context,
  named: Parameters<typeof findOwnCustomer>[1],
): Promise<string> {
  const customerId = await findOwnCustomer(context, named);
  if (customerId === null) throw badUserInput('There is no such customer.');
  return customerId;
}

/**
 * Follows what is announced about a customer: `hear` takes note of a message and says whether it concerns the stream, which
 * is then woken, as it is by a reset, which may have swallowed some. Resolves once messages arrive: only what is read after
 * that cannot miss one.
 */
export async function followCustomer(
  context: Context,
  customerId: string,
  signals: Signals,
  hear: (message: MessageOf<'customer'>) => boolean,
): Promise<Pick<Source<unknown>, 'close'>> {
  const { live } = context.deps;
  const listening = live.listen('customer', { programId: programOf(context).programId, customerId }, (message) => {
    if (hear(message)) signals.wake();
  });
  const stopResets = live.onReset(signals.wake);
  await listening.ready;
  return {
    close() {
      listening.stop();
      stopResets();
    },
  };
}
