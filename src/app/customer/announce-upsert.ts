import { profileDifferences } from '#domain/customer/change.ts';
import type { Person } from '#domain/customer/upsert.ts';
import { stateOf } from '#domain/enrolment/transition.ts';
import { publicId } from '#domain/ids.ts';

import type { Tx } from '../transaction.ts';

/**
 * Tells what an upsert did to one person: customer.changed, enrolment.changed for one who joined, and for one who was
 * known before an audit entry with the fields that changed, which is what the timeline shows.
 */
export function announceUpsert(tx: Tx, upsert: { id: string; isNew: boolean; before: Person; after: Person }): void {
  const { id, isNew, before, after } = upsert;
  tx.emit({ type: 'customer.changed', customerId: id });
  if (before.history !== after.history) {
    tx.emit({ type: 'enrolment.changed', customerId: id, state: stateOf(after.history) });
  }
  if (isNew) return;
  const changed = changedFields(before, after);
  if (changed.names.length > 0)
    tx.audit({ action: 'customer.updated', subject: publicId('Customer', id), ...changed.values });
}

/** Only the fields that changed, as they were and as they are. */
function changedFields(before: Person, after: Person): { names: string[]; values: { before: object; after: object } } {
  const names = profileDifferences(before.profile, after.profile);
  const [was, is] = [flat(before), flat(after)];
  if (was['eligibleSince'] !== is['eligibleSince']) names.push('eligibleSince');
  const pick = (from: Record<string, unknown>): object =>
    Object.fromEntries(names.map((name) => [name, from[name] ?? null]));
  return { names, values: { before: pick(was), after: pick(is) } };
}

function flat({ profile, eligibleSince }: Person): Record<string, unknown> {
  const { attributes, ...fields } = profile;
  const record: Record<string, unknown> = { ...fields, eligibleSince: eligibleSince?.toISOString() ?? null };
  for (const [name, value] of Object.entries(attributes)) record[`attributes.${name}`] = value;
  return record;
}
