import { InvalidInputError } from '../errors.ts';
import type { PropertyDeclaration } from '../program/program.ts';
import { parseProperty, type PropertyValue } from './value.ts';

export type PropertyValues = Record<string, PropertyValue>;
/** One reason for a refusal; the path begins with the property's name. */
export type PropertyProblem = { path: readonly string[]; message: string };
export type PropertyValidation =
  | { ok: true; values: PropertyValues }
  | { ok: false; problems: readonly PropertyProblem[] };

/** Most characters of all values and names of one activity or customer together. */
export const PROPERTIES_LENGTH_MAX = 16_384;
const PROBLEMS_MAX = 20;

/**
 * Checks given values against what is declared and brings each into the form in which it is kept (see value.ts). Null
 * counts as not given. An undeclared name is a problem, as is a missing required one, and everything nested, since no
 * declared type has parts. Problems come in the order of the declarations, the undeclared names after them, 20 at most.
 */
export function validateProperties(
  declarations: readonly PropertyDeclaration[],
  given: Readonly<Record<string, unknown>>,
): PropertyValidation {
  const values: PropertyValues = {};
  const problems: PropertyProblem[] = [];
  let known = 0;
  let length = 0;
  for (const declaration of declarations) {
    const { name } = declaration;
    // Only own fields count: `constructor` and its kin are found on every object.
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value !== undefined) known += 1;
    if (value === undefined || value === null) {
      if (declaration.required) problems.push({ path: [name], message: `${name} is required.` });
      continue;
    }
    const parsed = parseProperty(declaration, value);
    if ('expected' in parsed) {
      problems.push({ path: [name], message: `${name} must be ${parsed.expected}.` });
      continue;
    }
    values[name] = parsed.value;
    length += name.length + String(parsed.value).length;
  }
  if (length > PROPERTIES_LENGTH_MAX) {
    problems.push({ path: [], message: `All values together may have ${PROPERTIES_LENGTH_MAX} characters.` });
  }
  const names = Object.keys(given);
  if (names.length > known) problems.push(...undeclared(declarations, given, names));
  return problems.length === 0 ? { ok: true, values } : { ok: false, problems: problems.slice(0, PROBLEMS_MAX) };
}

function undeclared(
  declarations: readonly PropertyDeclaration[],
  given: Readonly<Record<string, unknown>>,
  names: readonly string[],
): PropertyProblem[] {
  const declared = new Set(declarations.map((declaration) => declaration.name));
  const unknown = names.filter((name) => !declared.has(name) && given[name] !== undefined).slice(0, PROBLEMS_MAX);
  return unknown.map((name) => {
    const shown = name.slice(0, 60);
    return { path: [shown], message: `${JSON.stringify(shown)} is not declared.` };
  });
}

/** The refusal that a caller sees: the first problem's place, and what is wrong with each. `path` leads to the values. */
export function propertyRefusal(problems: readonly PropertyProblem[], path: readonly string[]): InvalidInputError {
  const message = problems.map((problem) => problem.message).join(' ');
  return new InvalidInputError(message, [...path, ...(problems[0]?.path ?? [])]);
}
