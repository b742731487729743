import { isObjectType, type GraphQLField, type GraphQLObjectType, type GraphQLSchema } from 'graphql';

import {
  CUSTOMER_PERMISSIONS,
  OPERATOR_PERMISSIONS,
  PERMISSIONS,
  PUBLISHABLE_PERMISSIONS,
  ROLE_PERMISSIONS,
  ROLES,
  type Permission,
} from '#domain/caller.ts';

/** A column of the matrix: a kind of caller, and what it holds. */
const COLUMNS: readonly { title: string; holds: ReadonlySet<Permission> }[] = [
  ...ROLES.map((role) => ({ title: role.toLowerCase().replaceAll('_', ' '), holds: new Set(ROLE_PERMISSIONS[role]) })),
  { title: 'customer', holds: new Set(CUSTOMER_PERMISSIONS) },
  { title: 'publishable', holds: new Set(PUBLISHABLE_PERMISSIONS) },
  { title: 'operator', holds: new Set(OPERATOR_PERMISSIONS) },
  { title: 'anybody', holds: new Set<Permission>() },
];

/** What a field asks of its caller: any one of some permissions, nothing at all, or null when it does not say. */
export type Demand = readonly Permission[] | 'nothing' | null;

/** Reads the demand that a field was declared with. */
export function demandOf(field: GraphQLField<unknown, unknown>): Demand {
  const options = field.extensions['pothosOptions'] as { authScopes?: unknown } | undefined;
  const scopes = options?.authScopes;
  if (scopes === null || typeof scopes !== 'object') return null;
  if ('open' in scopes && scopes.open === true) return 'nothing';
  if (!('permission' in scopes)) return null;
  return [scopes.permission].flat() as Permission[];
}

/** Whether somebody with these permissions passes. */
export function meets(holds: ReadonlySet<Permission>, demand: Demand): boolean {
  return demand === null || demand === 'nothing' || demand.some((permission) => holds.has(permission));
}

/** The page docs/permissions.md: who holds which permission, and who may use which field. */
export function permissionMatrix(schema: GraphQLSchema): string {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter(isObjectType);
  const others = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !type.name.startsWith('__') && !roots.includes(type));
  return (
    [
      '# Permissions',
      'Printed from the schema by `npm run codegen`. Do not edit.',
      'A caller holds permissions: a role grants a set of them, scopes of a key narrow it. Staff who sign in with an identity ' +
        'provider have a role like a secret key. A field asks for one permission, or for any one of several; whoever holds none ' +
        'of them gets `FORBIDDEN`, or `UNAUTHENTICATED` without a key or token. Beyond this table, every caller is confined to ' +
        'its own program, and a customer to what is their own.',
      '## Who holds what',
      table(
        'permission',
        PERMISSIONS.map((permission) => [`\`${permission}\``, [permission]]),
      ),
      ...roots.flatMap((type) => [`## ${type.name}`, table('field', fieldsOf([type], true))]),
      '## Fields that ask for more than their parent',
      table('field', fieldsOf(others)),
    ].join('\n\n') + '\n'
  );
}

type Row = [title: string, demand: Demand];

/** Fields with their demands; of a root all of them, under their bare names, and else those that demand something. */
function fieldsOf(types: readonly GraphQLObjectType[], isRoot = false): Row[] {
  return types
    .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
    .map(({ type, field }): Row => [`\`${isRoot ? '' : `${type.name}.`}${field.name}\``, demandOf(field)])
    .filter(([, demand]) => isRoot || (demand !== null && demand !== 'nothing'));
}

/** Rows stand in the order of their names, so that a change shows as the lines that it concerns. */
function table(heading: string, rows: readonly Row[]): string {
  const isFieldTable = heading === 'field';
  const byName = ([a]: Row, [b]: Row): number => (a.replaceAll('`', '') < b.replaceAll('`', '') ? -1 : 1);
  const sorted = isFieldTable ? rows.toSorted(byName) : rows;
  const head = [heading, ...(isFieldTable ? ['needs'] : []), ...COLUMNS.map(({ title }) => title)];
  const lines = sorted.map(([title, demand]) => [
    title,
    ...(isFieldTable ? [wordsOf(demand)] : []),
    ...COLUMNS.map(({ holds }) => (meets(holds, demand) ? '●' : '')),
  ]);
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function wordsOf(demand: Demand): string {
  if (demand === null || demand === 'nothing') return 'nothing';
  return demand.map((permission) => `\`${permission}\``).join(' or ');
}
