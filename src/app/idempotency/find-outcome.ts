import { ID_PREFIXES, publicId } from '#domain/ids.ts';
import type { IdType } from '#domain/ids.ts';
import type { Statements } from '#storage/postgres.ts';

/** What a mutation answered under a key, as it is stored. */
export type StoredOutcome = { mutation: string; key: string; recordedAt: Date; result: unknown };

/** The outcome stored under a mutation's key in this program; null when none is, or the first call still runs. */
export async function findOutcome(
  reads: Statements,
  programId: string,
  mutation: string,
  key: string,
): Promise<StoredOutcome | null> {
  const [row] = await reads.query<StoredOutcome>(
    `/* find-outcome */
    select mutation, key, created_at as "recordedAt", result from idempotency
    where program_id = $1 and mutation = $2 and key = $3 and result is not null`,
    [programId, mutation, key],
  );
  return row === undefined ? null : { ...row, result: withPublicIds(row.result) };
}

/** Names of stored fields whose type is not the name itself, as `holdId` is a Hold. */
const TYPE_OF_FIELD: Record<string, IdType> = {
  transactionId: 'LedgerTransaction',
  reversedTransactionId: 'LedgerTransaction',
  currencyId: 'PointCurrency',
  reversalId: 'ActivityReversal',
  ruleId: 'EarningRule',
  keyId: 'ApiKey',
  ownerKeyId: 'ApiKey',
  providerId: 'IdentityProvider',
};

/** The same with ids as the world knows them. */
function withPublicIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withPublicIds(item));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, publicField(name, field)]));
}

function publicField(name: string, value: unknown): unknown {
  const type = typeof value === 'string' && name.endsWith('Id') ? typeOfField(name) : null;
  return type === null ? withPublicIds(value) : publicId(type, value as string);
}

function typeOfField(name: string): IdType | null {
  const known = TYPE_OF_FIELD[name];
  if (known !== undefined) return known;
  const noun = name.charAt(0).toUpperCase() + name.slice(1, -'Id'.length);
  return noun in ID_PREFIXES ? (noun as IdType) : null;
}
