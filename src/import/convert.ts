import { readLine } from './invoice-line.ts';
import { fillTemplate, type Mapping } from './mapping.ts';
import { parseOccurredAt } from './occurred-at.ts';
import type { SourceRow } from './rows.ts';
import { messageIdOf, type ActivityUnit, type Conversion, type Customer, type SettledRow, type Unit } from './unit.ts';

type Fields = Readonly<Record<string, string>>;

/** A row of a mapping without invoices: one activity, or nothing. */
export function convertRow(row: SourceRow, mapping: Mapping, conversion: Conversion): Unit {
  const settled = settleRow(row, mapping);
  if (settled !== null) return { settled: [settled], activity: null, cancellation: null };
  const activity = readActivity(row, mapping, conversion);
  return typeof activity === 'string'
    ? { settled: [refusedRow(row, activity)], activity: null, cancellation: null }
    : { settled: [], activity, cancellation: null };
}

/** The row's fate when it is broken or meets a rule by which it is left out; null when it is to be read further. */
export function settleRow(row: SourceRow, mapping: Mapping): SettledRow | null {
  if (row.problem !== null) return refusedRow(row, row.problem);
  for (const rule of mapping.leaveOut) {
    if (meets(row.fields[rule.when.column] ?? '', rule.when)) {
      return {
        row: row.number,
        category: rule.category,
        reason: null,
        fields: row.fields,
        ...moneyOf(row.fields, mapping),
      };
    }
  }
  return null;
}

export function refusedRow({ number, fields }: SourceRow, reason: string): SettledRow {
  return { row: number, category: 'refused', reason, fields };
}

function meets(text: string, condition: Mapping['leaveOut'][number]['when']): boolean {
  switch (condition.is) {
    case 'EMPTY':
      return text.trim() === '';
    case 'AT_MOST':
      return text.trim() !== '' && Number(text) <= condition.value;
    case 'ONE_OF':
      return condition.values.includes(text);
  }
}

export function readActivity(row: SourceRow, mapping: Mapping, conversion: Conversion): ActivityUnit | string {
  const { activity } = mapping;
  const customer = readCustomer(row.fields, mapping);
  if (customer === null) return `${mapping.customer.externalId} is empty.`;
  const occurredAt = readOccurredAt(row.fields, mapping, conversion);
  if (occurredAt === null) return noTime(row.fields, mapping);
  return {
    customer,
    rows: [{ row: row.number, fields: row.fields }],
    report: {
      type: activity.type,
      customerId: null,
      customerExternalId: customer.externalId,
      messageId:
        activity.messageId === undefined
          ? messageIdOf(conversion.sourceHash, row.number)
          : (row.fields[activity.messageId] ?? ''),
      occurredAt,
      channel: activity.channel,
      properties: readProperties(row.fields, mapping),
      lines: [],
    },
  };
}

/** Whose the row is; null when the column is empty. */
export function readCustomer(fields: Fields, { customer }: Mapping): Customer | null {
  const externalId = (fields[customer.externalId] ?? '').trim();
  if (externalId === '') return null;
  return {
    externalId,
    displayName: customer.displayName === undefined ? null : fillTemplate(customer.displayName, fields),
  };
}

export function readOccurredAt(
  fields: Fields,
  { activity: { occurredAt } }: Mapping,
  { programZone }: Conversion,
): Date | null {
  return parseOccurredAt(timeText(fields, occurredAt), occurredAt, programZone);
}

/** The time as it stands in the row; of a month, both columns as `2017-01`. */
function timeText(fields: Fields, occurredAt: Mapping['activity']['occurredAt']): string {
  const text = (fields[occurredAt.column] ?? '').trim();
  return occurredAt.format === 'MONTH'
    ? `${text}-${(fields[occurredAt.monthColumn] ?? '').trim().padStart(2, '0')}`
    : text;
}

/** The refusal of a row whose time is not understood. */
export function noTime(fields: Fields, { activity: { occurredAt } }: Mapping): string {
  const wanted = {
    DAY: 'a day such as 19970118',
    LOCAL: 'a local time such as 2010-12-01 08:26:00',
    INSTANT: 'an instant with its zone',
    MONTH: 'a year, with a month from 1 to 12 beside it',
  };
  return `${occurredAt.column} must be ${wanted[occurredAt.format]}, not ${JSON.stringify(timeText(fields, occurredAt).slice(0, 60))}.`;
}

/** Properties in the form in which the API takes them; text that does not fit its type is left for the API to refuse. */
export function readProperties(fields: Fields, { activity }: Mapping): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (const { name, column, type } of activity.properties) {
    const text = fields[column]?.trim() ?? '';
    if (text === '') continue;
    if (type === 'INTEGER') properties[name] = /^[+-]?\d+$/.test(text) ? Number(text) : text;
    else if (type === 'BOOLEAN') properties[name] = /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : text;
    else properties[name] = text;
  }
  return properties;
}

/** The money on an invoice line, where the mapping has invoices and the line can be counted. */
export function moneyOf(fields: Fields, { invoice }: Mapping): { amount?: string } {
  if (invoice === undefined) return {};
  const line = readLine(fields, invoice);
  return typeof line === 'string' ? {} : { amount: line.amount };
}
