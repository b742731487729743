import { SECTION_NAMES, type RuleSetContent, type SectionName } from './content.ts';

/** One item that differs between two rule sets, field by field. Fields are in JSON form; an absent side is null. */
export type RuleSetDifference = {
  section: SectionName;
  code: string;
  change: 'ADDED' | 'REMOVED' | 'CHANGED';
  fields: { field: string; before: unknown; after: unknown }[];
};

type Item = { id: string; code: string };

/** What changes from one rule set to another, by section and code; an item keeps its identity through its id. */
export function diffContent(before: RuleSetContent, after: RuleSetContent): RuleSetDifference[] {
  return SECTION_NAMES.flatMap((section) => diffSection(section, before[section], after[section]));
}

function diffSection(section: SectionName, before: readonly Item[], after: readonly Item[]): RuleSetDifference[] {
  const old = new Map(before.map((item) => [item.id, item]));
  const differences: RuleSetDifference[] = [];
  for (const item of after) {
    const previous = old.get(item.id);
    old.delete(item.id);
    const fields = fieldsThatDiffer(previous, item);
    if (previous === undefined) differences.push({ section, code: item.code, change: 'ADDED', fields });
    else if (fields.length > 0) differences.push({ section, code: item.code, change: 'CHANGED', fields });
  }
  for (const item of old.values())
    differences.push({ section, code: item.code, change: 'REMOVED', fields: fieldsThatDiffer(item, undefined) });
  return differences.toSorted((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0));
}

function fieldsThatDiffer(before: Item | undefined, after: Item | undefined): RuleSetDifference['fields'] {
  const left = (before ?? {}) as Record<string, unknown>;
  const right = (after ?? {}) as Record<string, unknown>;
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .map((field) => ({ field, before: left[field] ?? null, after: right[field] ?? null }))
    .filter((field) => canonical(field.before) !== canonical(field.after));
}

/** JSON whose object fields stand in one order: the database does not keep the order in which they were written. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, field: unknown) =>
    field !== null && typeof field === 'object' && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );
}
