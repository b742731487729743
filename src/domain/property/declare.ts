import type { PropertyDeclaration } from '../program/program.ts';
import type { PropertyProblem } from './validate.ts';
import { isStorableText, STRING_LENGTH_MAX } from './value.ts';

/** Most declarations of one activity type, or of all customers. */
export const DECLARATIONS_MAX = 100;
const ALLOWED_TEXTS_MAX = 200;
// A leading letter keeps out `__proto__`; the other names of Object.prototype do no harm (see validate.ts).
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,59}$/;

/** What is wrong with a list of declarations; empty when nothing is. Paths begin with the place in the list. */
export function declarationProblems(declarations: readonly PropertyDeclaration[]): PropertyProblem[] {
  if (declarations.length > DECLARATIONS_MAX) {
    return [{ path: [], message: `At most ${DECLARATIONS_MAX} may be declared.` }];
  }
  const seen = new Set<string>();
  return declarations.flatMap((declaration, index) => {
    const problem = declarationProblem(declaration, seen);
    seen.add(declaration.name);
    return problem === null ? [] : [{ path: [String(index), problem.field], message: problem.message }];
  });
}

function declarationProblem(
  { name, type, oneOf }: PropertyDeclaration,
  seen: ReadonlySet<string>,
): { field: string; message: string } | null {
  if (!NAME.test(name))
    return { field: 'name', message: 'A name is a letter, then letters, digits and _, 60 at most.' };
  if (seen.has(name)) return { field: 'name', message: `${name} is declared twice.` };
  if (oneOf === null) return null;
  if (type !== 'STRING') return { field: 'oneOf', message: `${name} is no STRING: only a STRING takes oneOf.` };
  if (oneOf.length === 0 || oneOf.length > ALLOWED_TEXTS_MAX || new Set(oneOf).size < oneOf.length) {
    return { field: 'oneOf', message: `oneOf of ${name} has 1 to ${ALLOWED_TEXTS_MAX} different texts.` };
  }
  return oneOf.every((text) => isStorableText(text, STRING_LENGTH_MAX))
    ? null
    : { field: 'oneOf', message: `Each text of ${name} has at most ${STRING_LENGTH_MAX} characters.` };
}

/** What must hold of the stored values before a change of declarations may happen. */
export type DeclarationRisk =
  | { kind: 'REMOVED' | 'RETYPED'; name: string }
  | { kind: 'NARROWED'; name: string; oneOf: readonly string[] };

/**
 * The changes that stored values could contradict: a declaration that is gone or has another type must have no values,
 * a narrower `oneOf` none outside it. Everything else is free; `required` binds later writes only.
 */
export function declarationRisks(
  current: readonly PropertyDeclaration[],
  next: readonly PropertyDeclaration[],
): DeclarationRisk[] {
  const nextByName = new Map(next.map((declaration) => [declaration.name, declaration]));
  return current.flatMap((before): DeclarationRisk[] => {
    const { name } = before;
    const after = nextByName.get(name);
    if (after === undefined) return [{ kind: 'REMOVED', name }];
    if (after.type !== before.type) return [{ kind: 'RETYPED', name }];
    const { oneOf } = after;
    if (oneOf === null || (before.oneOf !== null && before.oneOf.every((text) => oneOf.includes(text)))) return [];
    return [{ kind: 'NARROWED', name, oneOf }];
  });
}
