import { InvalidInputError, NotFoundError, StateConflictError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import type { PropertyDeclaration } from '#domain/program/program.ts';
import { declarationProblems, declarationRisks, type DeclarationRisk } from '#domain/property/declare.ts';
import { hasContradiction, saveAttributeSchema } from '#storage/customer-store.ts';
import { lockProgram } from '#storage/program-store.ts';

import { mutate, type Command } from '../mutation.ts';
import { announceCatalogueChange } from '../program/announce-change.ts';
import { assertStillCompiles } from '../rule-set/still-compile.ts';
import type { AppDeps, Scope } from '../transaction.ts';

/**
 * Replaces the declarations of customers' attributes as a whole. What customers have stays valid: throws
 * StateConflictError for a declaration that is taken away, given another type, or narrowed, while a customer has a value
 * that this would contradict, and InvalidRuleError when live or scheduled rules would no longer type-check. Throws InvalidInputError for declarations that are wrong in themselves.
 */
export async function setAttributeSchema(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: { attributes: readonly PropertyDeclaration[] },
): Promise<{ attributes: readonly PropertyDeclaration[]; replayed: boolean }> {
  const [problem] = declarationProblems(input.attributes);
  if (problem !== undefined) throw new InvalidInputError(problem.message, ['attributes', ...problem.path]);
  return mutate(deps, scope, command, async (tx) => {
    // Upserts that write attributes hold the row in share mode: none of them is half-way between two schemas.
    const program = await lockProgram(tx, tx.programId);
    if (program === null) throw new NotFoundError('program');
    for (const risk of declarationRisks(program.attributeSchema, input.attributes)) {
      if (await hasContradiction(tx, tx.programId, risk)) throw conflictOf(risk);
    }
    assertStillCompiles(await deps.catalogues.at(tx, tx.programId), { attributes: input.attributes });
    await saveAttributeSchema(tx, tx.programId, input.attributes);
    await announceCatalogueChange(tx);
    tx.audit({
      action: 'customer_attributes.set',
      subject: publicId('Program', tx.programId),
      before: { attributes: program.attributeSchema },
      after: { attributes: input.attributes },
    });
    return { attributes: input.attributes };
  });
}

function conflictOf(risk: DeclarationRisk): StateConflictError {
  const wants = {
    REMOVED: 'cannot be taken away',
    RETYPED: 'cannot get another type',
    NARROWED: 'cannot be narrowed to these values',
  }[risk.kind];
  return new StateConflictError(`${risk.name} ${wants}: customers have values of it.`, 'IN_USE', [
    'attributes',
    risk.name,
  ]);
}
