import type { InvariantCheck } from './invariant.ts';

/**
 * References that no foreign key keeps, because the rows are written by the thousand out of rows that the same transaction
 * has locked or written: table, column, and the table whose (program_id, id) it names.
 */
const REFERENCES: readonly (readonly [table: string, column: string, target: string])[] = [
  ['activity', 'customer_id', 'customer'],
  ['activity', 'activity_type_id', 'activity_type'],
  ['activity_message', 'activity_id', 'activity'],
  ['ledger_transaction', 'customer_id', 'customer'],
  ['ledger_transaction', 'currency_id', 'point_currency'],
  ['ledger_entry', 'transaction_id', 'ledger_transaction'],
  ['ledger_entry', 'account_id', 'ledger_account'],
  ['ledger_entry', 'lot_id', 'lot'],
  ['lot', 'account_id', 'ledger_account'],
  ['lot', 'transaction_id', 'ledger_transaction'],
  ['leaderboard_entry', 'season_id', 'season'],
];

/** No row names one that is not there, or that is another program's. */
export const REFERENCE_CHECKS: readonly InvariantCheck[] = REFERENCES.map(([table, column, target]) => ({
  name: `${table.replaceAll('_', '-')}-has-${column.replace(/_id$/, '').replaceAll('_', '-')}`,
  law: `Every ${column} of ${table} is a ${target} of the same program.`,
  severity: 'ERROR',
  query: `
      select child.program_id, child.${column}
      from ${table} child left join ${target} target on target.program_id = child.program_id and target.id = child.${column}
      where ($1::uuid is null or child.program_id = $1) and child.${column} is not null and target.id is null`,
}));
