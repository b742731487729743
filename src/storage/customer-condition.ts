import { normaliseEmail, normaliseExternalId } from '#domain/customer/identity.ts';
import type {
  AttributeComparison,
  CustomerWhere,
  IdComparison,
  InstantComparison,
  StateComparison,
  TextComparison,
} from '#domain/customer/listing.ts';
import { InvalidInputError } from '#domain/errors.ts';
import type { PropertyDeclaration, PropertyType } from '#domain/program/program.ts';
import { parseProperty } from '#domain/property/value.ts';

/** Most comparisons of one filter, and most values of one list. */
const COMPARISONS_MAX = 100;
const DEPTH_MAX = 8;

/** Takes a value into the statement and answers its placeholder. Values never become part of the statement's text. */
export type Bind = (value: unknown, type: string) => string;

/**
 * A filter as a condition on `customer c`. The text is made of constants and placeholders only. A comparison with
 * something unknown does not hold, and `not` holds for whatever does not hold. Throws InvalidInputError for an attribute
 * that is not declared, a value that is not of its type, and a filter that is too large.
 */
export function customerCondition(
  where: CustomerWhere,
  declarations: readonly PropertyDeclaration[],
  bind: Bind,
): string {
  let comparisons = 0;
  const count = (conditions: string[]): string[] => {
    comparisons += conditions.length;
    if (comparisons > COMPARISONS_MAX)
      throw new InvalidInputError(`A filter has at most ${COMPARISONS_MAX} comparisons.`, ['where']);
    return conditions;
  };

  const condition = (part: CustomerWhere, depth: number): string => {
    if (depth > DEPTH_MAX) throw new InvalidInputError(`A filter nests at most ${DEPTH_MAX} deep.`, ['where']);
    const inner = (one: CustomerWhere): string => condition(one, depth + 1);
    const { and, or, not } = part;
    return all([
      ...count(comparisonsOf(part, declarations, bind)),
      ...(and ?? []).map(inner),
      ...(or === null || or === undefined ? [] : count([any(or.map(inner))])),
      ...(not === null || not === undefined ? [] : count([`(${inner(not)}) is not true`])),
    ]);
  };

  return condition(where, 1);
}

const all = (conditions: readonly string[]): string =>
  conditions.length === 0 ? 'true' : `(${conditions.join(' and ')})`;
const any = (conditions: readonly string[]): string =>
  conditions.length === 0 ? 'false' : `(${conditions.join(' or ')})`;

function comparisonsOf(where: CustomerWhere, declarations: readonly PropertyDeclaration[], bind: Bind): string[] {
  return [
    ...text('c.external_id', where.externalId, bind, (given) => normaliseExternalId(given) ?? given),
    ...text('c.display_name', where.displayName, bind, (given) => given.normalize('NFC')),
    ...text('c.email', where.email, bind, (given) => normaliseEmail(given) ?? given.toLowerCase()),
    ...oneOf('c.enrolment_state', 'text', where.enrolmentState, bind),
    ...oneOf('c.account_id', 'uuid', where.accountId, bind),
    ...isNull('c.account_id', where.accountId?.isNull),
    ...instant('c.created_at', where.createdAt, bind),
    ...(where.attributes ?? []).flatMap((comparison, index) => attribute(comparison, index, declarations, bind)),
  ];
}

function text(
  column: string,
  given: TextComparison | null | undefined,
  bind: Bind,
  normalise: (given: string) => string,
): string[] {
  if (given === null || given === undefined) return [];
  const { startsWith, contains } = given;
  const listed = { eq: mapped(given.eq, normalise), in: given.in?.map(normalise) };
  return [
    ...oneOf(column, 'text', listed, bind),
    ...(isGiven(startsWith) ? [`${column} like ${bind(`${escapeLike(startsWith)}%`, 'text')}`] : []),
    ...(isGiven(contains) ? [`${column} ilike ${bind(`%${escapeLike(contains)}%`, 'text')}`] : []),
    ...isNull(column, given.isNull),
  ];
}

/** The text with LIKE's wild cards taken literally. */
const escapeLike = (given: string): string => storable(given).replaceAll(/[\\%_]/g, String.raw`\$&`);

function oneOf(
  column: string,
  type: string,
  given: IdComparison | StateComparison | null | undefined,
  bind: Bind,
): string[] {
  const list = given?.in;
  if (isGiven(list) && list.length > COMPARISONS_MAX) {
    throw new InvalidInputError(`A list has at most ${COMPARISONS_MAX} values.`, ['where']);
  }
  return [
    ...(isGiven(given?.eq) ? [`${column} = ${bind(storable(given.eq), type)}`] : []),
    ...(isGiven(list) ? [`${column} = any(${bind(list.map(storable), `${type}[]`)})`] : []),
  ];
}

function isNull(column: string, wanted: boolean | null | undefined): string[] {
  return isGiven(wanted) ? [`${column} is ${wanted ? '' : 'not '}null`] : [];
}

const ORDERED = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;
const ORDER_NAMES = Object.keys(ORDERED) as (keyof typeof ORDERED)[];

function instant(column: string, given: InstantComparison | null | undefined, bind: Bind): string[] {
  return ORDER_NAMES.flatMap((name) => {
    const value = given?.[name];
    return isGiven(value) ? [`${column} ${ORDERED[name]} ${bind(value, 'timestamptz')}`] : [];
  });
}

const SQL_TYPES: Record<PropertyType, string> = {
  STRING: 'text',
  INTEGER: 'numeric',
  DECIMAL: 'numeric',
  BOOLEAN: 'boolean',
  // Kept in a form that sorts as text.
  DATE: 'text',
  DATE_TIME: 'text',
};

function attribute(
  given: AttributeComparison,
  index: number,
  declarations: readonly PropertyDeclaration[],
  bind: Bind,
): string[] {
  const path = ['where', 'attributes', String(index)];
  const declaration = declarations.find((one) => one.name === given.name);
  if (declaration === undefined)
    throw new InvalidInputError(`There is no attribute ${JSON.stringify(given.name.slice(0, 60))}.`, path);
  const type = SQL_TYPES[declaration.type];
  const column = `(c.attributes ->> ${bind(declaration.name, 'text')})::${type}${type === 'text' ? ' collate "C"' : ''}`;
  const value = (of: string): string => attributeText(declaration, of, path);
  return [
    ...oneOf(column, type, { eq: mapped(given.eq, value), in: given.in?.map(value) }, bind),
    ...ORDER_NAMES.flatMap((name) => {
      const bound = given[name];
      return isGiven(bound) ? [`${column} ${ORDERED[name]} ${bind(value(bound), type)}`] : [];
    }),
    ...isNull(column, given.isNull),
  ];
}

/** The kept form of a compared value, as text. Throws InvalidInputError when it is not of the declared type. */
function attributeText(declaration: PropertyDeclaration, given: string, path: readonly string[]): string {
  const parsed = parseProperty({ ...declaration, oneOf: null }, typed(declaration.type, given));
  if ('value' in parsed) return String(parsed.value);
  throw new InvalidInputError(`${declaration.name} is compared with ${parsed.expected}.`, path);
}

function typed(type: PropertyType, given: string): unknown {
  if (type === 'INTEGER' && /^-?\d{1,16}$/.test(given)) return Number(given);
  if (type === 'BOOLEAN' && (given === 'true' || given === 'false')) return given === 'true';
  return given;
}

/** Text that PostgreSQL takes as a parameter; what it cannot keep matches nothing that is kept. */
const storable = (given: string): string => given.toWellFormed().replaceAll('\0', '\uFFFD');

const isGiven = <Value>(value: Value | null | undefined): value is Value => value !== null && value !== undefined;

const mapped = (given: string | null | undefined, change: (given: string) => string): string | undefined =>
  isGiven(given) ? change(given) : undefined;
