import type { EarningRule } from './rule.ts';

/** One rule that differs between two rule sets, field by field. Fields are in JSON form; an absent side is null. */
export type RuleDifference = {
  code: string;
  change: 'ADDED' | 'REMOVED' | 'CHANGED';
  fields: { field: string; before: unknown; after: unknown }[];
};

/** What changes from one rule set to another, by rule code; a rule keeps its identity through its id. */
export function diffRules(before: readonly EarningRule[], after: readonly EarningRule[]): RuleDifference[] {
  const old = new Map(before.map((rule) => [rule.id, rule]));
  const differences: RuleDifference[] = [];
  for (const rule of after) {
    const previous = old.get(rule.id);
    old.delete(rule.id);
    const fields = fieldsThatDiffer(previous, rule);
    if (previous === undefined) differences.push({ code: rule.code, change: 'ADDED', fields });
    else if (fields.length > 0) differences.push({ code: rule.code, change: 'CHANGED', fields });
  }
  for (const rule of old.values())
    differences.push({ code: rule.code, change: 'REMOVED', fields: fieldsThatDiffer(rule, undefined) });
  return differences.toSorted((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0));
}

function fieldsThatDiffer(before: EarningRule | undefined, after: EarningRule | undefined): RuleDifference['fields'] {
  const names = Object.keys(after ?? before ?? {}) as (keyof EarningRule)[];
  return names
    .map((field) => ({ field, before: before?.[field] ?? null, after: after?.[field] ?? null }))
    .filter(({ before: left, after: right }) => canonical(left) !== canonical(right));
}

/** JSON whose object fields stand in one order: the database does not keep the order in which they were written. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, field: unknown) =>
    field !== null && typeof field === 'object' && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );
}
