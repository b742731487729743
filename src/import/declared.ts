import { InvalidInputError } from '#domain/errors.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';

import type { Mapping } from './mapping.ts';

/**
 * Refuses a mapping whose activity type or properties the program has not declared, before anything is read: each row would
 * be refused for the same reason. Throws InvalidInputError.
 */
export function assertDeclared(mapping: Mapping, catalogue: Catalogue): void {
  const { activity, invoice } = mapping;
  const type = catalogue.activityTypeByCode.get(activity.type);
  if (type === undefined || type.archived) {
    throw new InvalidInputError(
      `The program has no activity type ${activity.type}, which the mapping ${mapping.name} reports: declare it first.`,
    );
  }
  const wanted: { name: string; type: string }[] = [...activity.properties];
  if (invoice !== undefined)
    wanted.push({ name: invoice.amountProperty, type: 'DECIMAL' }, { name: invoice.itemsProperty, type: 'INTEGER' });
  const missing = wanted.filter(({ name }) => !type.properties.some((declared) => declared.name === name));
  if (missing.length > 0) {
    const list = missing.map((property) => `${property.name} (${property.type})`).join(', ');
    throw new InvalidInputError(
      `The activity type ${activity.type} does not declare ${list}, which the mapping ${mapping.name} reports: declare it first.`,
    );
  }
}
