import { z } from 'zod';

import { code } from '#domain/form.ts';
import { PROPERTY_TYPES } from '#domain/program/program.ts';
import { isTimeZone } from '#domain/time.ts';

/**
 * A mapping says, as data, what a file of somebody else's means here: where its rows come from, whose each row is, when it
 * happened, and which rows are no activity. The built-in ones stand in mappings/; a JSON file of the same shape does too.
 */

const column = z.string().min(1).max(200);
/** An IANA zone, or PROGRAM for the program's own. */
const zone = z.union([
  z.literal('PROGRAM'),
  z.string().refine(isTimeZone, 'must be an IANA time zone such as Europe/London, or PROGRAM'),
]);
const columns = z
  .array(column)
  .min(1)
  .max(500)
  .refine((names) => new Set(names).size === names.length, 'names a column twice');

const Input = z.discriminatedUnion('format', [
  /** RFC 4180 and its neighbours; without `columns` the first row is the header. */
  z.strictObject({
    format: z.literal('CSV'),
    delimiter: z.string().length(1).default(','),
    columns: columns.optional(),
  }),
  /** Columns apart by runs of blanks, no header, as statistics packages write them. */
  z.strictObject({ format: z.literal('SPACED'), columns }),
  /** One JSON object a line; only its own plain fields are columns. */
  z.strictObject({ format: z.literal('NDJSON') }),
]);

const OccurredAt = z.discriminatedUnion('format', [
  /** A calendar day, `19970118` or `1997-01-18`; the activity is put at `at` of that day, local time. */
  z.strictObject({
    column,
    format: z.literal('DAY'),
    zone,
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .default('12:00'),
  }),
  /** Local time without an offset, `2010-12-01 08:26[:00[.123]]`, with a blank or a T. */
  z.strictObject({ column, format: z.literal('LOCAL'), zone }),
  /** An instant with Z or an offset. */
  z.strictObject({ column, format: z.literal('INSTANT') }),
  /** A year and a month in two columns; the activity is put at noon of the month's first day, local time. */
  z.strictObject({ column, monthColumn: column, format: z.literal('MONTH'), zone }),
]);

const Condition = z.discriminatedUnion('is', [
  z.strictObject({ column, is: z.literal('EMPTY') }),
  z.strictObject({ column, is: z.literal('AT_MOST'), value: z.number() }),
  z.strictObject({ column, is: z.literal('ONE_OF'), values: z.array(z.string()).min(1) }),
]);

const Invoice = z.strictObject({
  /** Rows with the same value here are one purchase; they stand together, or at most `windowRows` apart. */
  column,
  windowRows: z.number().int().min(1).max(10_000).default(1_000),
  /** A number that begins so is a cancellation: its lines are matched with earlier purchases. */
  cancellationPrefix: z.string().min(1).max(10),
  stockCode: column,
  quantity: column,
  unitPrice: column,
  /** The DECIMAL property that carries the sum of the lines, and of which a cancellation gives a part back. */
  amountProperty: z.string().min(1).max(60),
  /** The INTEGER property that carries the sum of the quantities. */
  itemsProperty: z.string().min(1).max(60),
  /** Codes that are no article (postage, fees, manual corrections): charged with a purchase, never matched when cancelled. */
  adjustmentCodes: z.array(z.string().min(1)).default([]),
});

const History = z.strictObject({
  /** Points that the row earned, as the source has them; the live rules decide what is issued for them. */
  earned: column,
  /** Points that the row redeemed. */
  redeemed: column,
  /** What one point of the source is here: 100 keeps two digits after its point. */
  unitsPerPoint: z.number().int().min(1).max(1_000_000_000),
});

export const MappingSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]{0,59}$/, 'must be lower-case letters, digits and -'),
    description: z.string().max(2_000).default(''),
    input: Input,
    customer: z.strictObject({
      externalId: column,
      /** Text with columns in braces, for instance `Customer {id}`; absent leaves customers without a name. */
      displayName: z.string().min(1).max(200).optional(),
    }),
    activity: z.strictObject({
      type: code,
      channel: z.enum(['WEB', 'MOBILE', 'EMAIL', 'POINT_OF_SALE', 'API', 'PARTNER']),
      occurredAt: OccurredAt,
      properties: z
        .array(z.strictObject({ name: z.string().min(1).max(60), column, type: z.enum(PROPERTY_TYPES) }))
        .max(100)
        .default([]),
      /** A column that names the activity for ever; absent takes the file's content and the row number. */
      messageId: column.optional(),
    }),
    /** Tried in order before anything else; a row that meets one is counted under its category and goes no further. */
    leaveOut: z
      .array(z.strictObject({ category: code, description: z.string().min(1).max(200), when: Condition }))
      .max(50)
      .default([]),
    invoice: Invoice.optional(),
    /** The rows tell what customers earned and redeemed over time, in the default point currency. */
    history: History.optional(),
  })
  .refine(
    ({ invoice, history }) => invoice === undefined || history === undefined,
    'has an invoice or a history, not both',
  )
  .refine(
    ({ invoice, activity }) => invoice === undefined || activity.messageId === undefined,
    'an invoice is named by its first row; leave messageId out',
  );

export type Mapping = z.output<typeof MappingSchema>;
/** A mapping as it is written down, defaults left open. */
export type MappingInput = z.input<typeof MappingSchema>;
export type InvoiceMapping = NonNullable<Mapping['invoice']>;
export type HistoryMapping = NonNullable<Mapping['history']>;

/** The part of the mapping about invoices, where only a mapping with one can lead. */
export function invoiceOf({ name, invoice }: Mapping): InvoiceMapping {
  if (invoice === undefined) throw new Error(`The mapping ${name} has no invoices.`);
  return invoice;
}

/** Every column that the mapping reads: a file that lacks one is refused before its first row. */
export function columnsOf(mapping: Mapping): string[] {
  const { activity, customer, history, invoice, leaveOut } = mapping;
  const named = [
    customer.externalId,
    ...templateColumns(customer.displayName ?? ''),
    activity.occurredAt.column,
    ...activity.properties.map((property) => property.column),
    ...leaveOut.map((rule) => rule.when.column),
  ];
  if (activity.messageId !== undefined) named.push(activity.messageId);
  if (activity.occurredAt.format === 'MONTH') named.push(activity.occurredAt.monthColumn);
  if (history !== undefined) named.push(history.earned, history.redeemed);
  if (invoice !== undefined) named.push(invoice.column, invoice.stockCode, invoice.quantity, invoice.unitPrice);
  return [...new Set(named)];
}

const PLACE = /\{([^{}]+)\}/g;

function templateColumns(template: string): string[] {
  return [...template.matchAll(PLACE)].map((match) => match[1] ?? '');
}

/** Fills the columns in braces of a template. */
export function fillTemplate(template: string, fields: Readonly<Record<string, string>>): string {
  return template.replaceAll(PLACE, (_, name: string) => fields[name] ?? '');
}
