import { InvalidInputError, StateConflictError } from '#domain/errors.ts';
import { CODE } from '#domain/form.ts';
import { publicId } from '#domain/ids.ts';
import { PROPERTY_TYPES, type PropertyDeclaration } from '#domain/program/program.ts';
import { declarationProblems } from '#domain/property/declare.ts';
import { propertyRefusal } from '#domain/property/validate.ts';

import { mutate, type Command } from '../mutation.ts';
import { announceCatalogueChange } from '../program/announce-change.ts';
import { assertStillCompiles } from '../rule-set/still-compile.ts';
import type { AppDeps, Scope } from '../transaction.ts';

export type ActivityTypeInput = {
  code: string;
  name: string;
  properties: readonly PropertyDeclaration[];
  customerMayTrack: boolean;
};

const PROPERTIES_MAX = 60;

/** The rules of all declarations, and the closer bound and known types of an activity's; else InvalidInputError says where. */
function assertDeclarations(properties: readonly PropertyDeclaration[]): void {
  if (properties.length > PROPERTIES_MAX)
    throw new InvalidInputError(`At most ${PROPERTIES_MAX} properties can be declared.`, ['properties']);
  const untyped = properties.findIndex(({ type }) => !PROPERTY_TYPES.includes(type));
  if (untyped >= 0)
    throw new InvalidInputError('There is no such property type.', ['properties', String(untyped), 'type']);
  const problems = declarationProblems(properties);
  if (problems.length > 0) throw propertyRefusal(problems, ['properties']);
}

/**
 * Declares an activity type, or changes one of the same code. A property that activities may already carry keeps its type;
 * what live or scheduled rules read cannot be taken away.
 */
export function saveActivityType(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: ActivityTypeInput,
): Promise<{ activityTypeId: string; replayed: boolean }> {
  if (!CODE.test(input.code))
    throw new InvalidInputError('A code is lower-case letters, digits and _, starting with a letter, at most 60.', [
      'code',
    ]);
  if (input.name.trim() === '' || input.name.length > 200)
    throw new InvalidInputError('A name has 1 to 200 characters.', ['name']);
  assertDeclarations(input.properties);
  return mutate(deps, scope, command, async (tx) => {
    const catalogue = await deps.catalogues.at(tx, tx.programId);
    const known = catalogue.activityTypeByCode.get(input.code);
    for (const property of input.properties) {
      const before = known?.properties.find((declared) => declared.name === property.name);
      if (before !== undefined && before.type !== property.type) {
        throw new StateConflictError(
          `${property.name} is ${before.type} already; declare a property of another name.`,
          before.type,
          ['properties'],
        );
      }
    }
    const id = known?.id ?? deps.newId();
    if (known !== undefined) {
      const types = [...catalogue.activityTypeById.values()].map((type) =>
        type.id === id ? { ...type, properties: input.properties } : type,
      );
      assertStillCompiles(catalogue, { activityTypes: types });
    }
    await tx.query(
      `/* save-activity-type */
      insert into activity_type (program_id, id, code, name, property_schema, customer_may_track) values ($1, $2, $3, $4, $5, $6)
      on conflict (program_id, code) do update set name = excluded.name, property_schema = excluded.property_schema,
        customer_may_track = excluded.customer_may_track, archived_at = null`,
      [tx.programId, id, input.code, input.name, JSON.stringify(input.properties), input.customerMayTrack],
    );
    await announceCatalogueChange(tx);
    tx.audit({ action: 'activity_type.saved', subject: publicId('ActivityType', id), before: known, after: input });
    return { activityTypeId: id };
  });
}
