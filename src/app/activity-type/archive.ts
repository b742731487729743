import { NotFoundError, StateConflictError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';

import { mutate, type Command } from '../mutation.ts';
import { announceCatalogueChange } from '../program/announce-change.ts';
import type { AppDeps, Scope } from '../transaction.ts';

/** Ends an activity type: no more of it is taken. Refused while a rule listens to it, of the live revision or of a scheduled one. */
export function archiveActivityType(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: { code: string },
): Promise<{ activityTypeId: string; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const catalogue = await deps.catalogues.at(tx, tx.programId);
    const type = catalogue.activityTypeByCode.get(input.code);
    if (type === undefined || type.archived) throw new NotFoundError('activity type', ['code']);
    for (const { revision, ruleSet } of catalogue.published) {
      const [listening] = ruleSet.earning.byActivityType.get(type.code)?.rules ?? [];
      if (listening !== undefined)
        throw new StateConflictError(
          `The rule ${listening.rule.code} of revision ${revision} listens to ${type.code}.`,
          'IN_USE',
          ['code'],
        );
    }
    await tx.query(
      '/* archive-activity-type */ update activity_type set archived_at = $3 where program_id = $1 and id = $2',
      [tx.programId, type.id, tx.now],
    );
    await announceCatalogueChange(tx);
    tx.audit({ action: 'activity_type.archived', subject: publicId('ActivityType', type.id) });
    return { activityTypeId: type.id };
  });
}
