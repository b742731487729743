import { InvalidInputError, type UserError } from '../errors.ts';
import type { Catalogue } from '../program/catalogue.ts';
import type { ActivityType } from '../program/program.ts';
import { propertyRefusal, validateProperties, type PropertyValues } from '../property/validate.ts';

export const CHANNELS = ['WEB', 'MOBILE', 'EMAIL', 'POINT_OF_SALE', 'API', 'PARTNER'] as const;
export type Channel = (typeof CHANNELS)[number];

/** An activity as it is reported. The customer is named by either id. */
export type ActivityReport = {
  type: string;
  customerId: string | null;
  customerExternalId: string | null;
  /** The reporter's own id of this activity: a repeated one drops out. Null takes the activity's own id. */
  messageId: string | null;
  occurredAt: Date | null;
  channel: Channel;
  properties: Record<string, unknown>;
  /** What the activity consists of, so that a part of it can be reversed by name; empty when it has no parts. */
  lines: readonly ActivityLine[];
};

/** One part of an activity, such as an invoice line, with its share of the activity's number properties. */
export type ActivityLine = { id: string; amounts: Readonly<Record<string, string>> };

/** Most lines of one activity. */
const LINES_MAX = 2_000;

/** A report that keeps every stated rule, with its type and its normalised properties. */
export type CheckedReport = {
  type: ActivityType;
  occurredAt: Date;
  properties: PropertyValues;
  lines: readonly ActivityLine[];
};

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/**
 * Checks a report against the program's declarations: type known, properties as declared, time inside the window from
 * `lateActivityDays` ago (inclusive; without limit when null) to `futureActivityMinutes` ahead (inclusive).
 */
export function checkReport(
  report: ActivityReport,
  catalogue: Catalogue,
  now: Date,
  byCustomer: boolean,
): CheckedReport | UserError {
  const type = catalogue.activityTypeByCode.get(report.type);
  if (type === undefined || type.archived)
    return new InvalidInputError(`There is no activity type ${JSON.stringify(report.type.slice(0, 60))}.`, ['type']);
  if (byCustomer && !type.customerMayTrack)
    return new InvalidInputError(`Activities of type ${type.code} are reported by a server key only.`, ['type']);
  if (report.messageId !== null && !isMessageId(report.messageId))
    return new InvalidInputError('A message id has 1 to 255 characters and is not blank.', ['messageId']);
  const occurredAt = report.occurredAt ?? now;
  const { lateActivityDays, futureActivityMinutes } = catalogue.program;
  if (lateActivityDays !== null && now.getTime() - occurredAt.getTime() > lateActivityDays * DAY_MS) {
    return new InvalidInputError(`This program takes activities of the last ${lateActivityDays} days.`, ['occurredAt']);
  }
  if (occurredAt.getTime() - now.getTime() > futureActivityMinutes * MINUTE_MS) {
    return new InvalidInputError(`This program takes activities up to ${futureActivityMinutes} minutes ahead.`, [
      'occurredAt',
    ]);
  }
  const checked = validateProperties(type.properties, report.properties);
  if (!checked.ok) return propertyRefusal(checked.problems, ['properties']);
  const lines = checkLines(report.lines, type);
  return lines instanceof InvalidInputError ? lines : { type, occurredAt, properties: checked.values, lines };
}

/** Lines have distinct ids, and amounts only of declared number properties. */
function checkLines(lines: readonly ActivityLine[], type: ActivityType): readonly ActivityLine[] | InvalidInputError {
  if (lines.length > LINES_MAX) return new InvalidInputError(`An activity has at most ${LINES_MAX} lines.`, ['lines']);
  const ids = new Set<string>();
  const numbers = new Set(
    type.properties.filter(({ type: kind }) => kind === 'INTEGER' || kind === 'DECIMAL').map(({ name }) => name),
  );
  for (const [index, line] of lines.entries()) {
    const path = ['lines', String(index)];
    if (!isMessageId(line.id))
      return new InvalidInputError('A line id has 1 to 255 characters and is not blank.', [...path, 'id']);
    if (ids.has(line.id)) return new InvalidInputError(`Two lines have the id ${line.id}.`, [...path, 'id']);
    ids.add(line.id);
    for (const [name, amount] of Object.entries(line.amounts)) {
      if (!numbers.has(name))
        return new InvalidInputError(`${type.code} has no number property ${name.slice(0, 60)}.`, [
          ...path,
          'amounts',
          name.slice(0, 60),
        ]);
      if (typeof amount !== 'string' || !/^-?\d{1,29}(\.\d{1,9})?$/.test(amount)) {
        return new InvalidInputError('An amount is a plain decimal number as text.', [...path, 'amounts', name]);
      }
    }
  }
  return lines;
}

function isMessageId(messageId: string): boolean {
  return messageId.trim() !== '' && [...messageId].length <= 255 && !messageId.includes('\0');
}
