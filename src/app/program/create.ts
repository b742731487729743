import { publicId } from '#domain/ids.ts';
import { parseName } from '#domain/name.ts';
import {
  DEFAULT_POLICIES,
  assertMoneyCurrency,
  assertPolicies,
  assertTimeZone,
  type ProgramPolicies,
} from '#domain/program/policies.ts';
import type { PointCurrency } from '#domain/program/program.ts';
import { insertApiKey } from '#storage/api-key-store.ts';
import { insertPointCurrency } from '#storage/point-currency-store.ts';
import { insertProgram, insertRuleSetDraft } from '#storage/program-store.ts';

import { newSecret, type NewSecret } from '../api-key/secret.ts';
import { mutate, type Command } from '../mutation.ts';
import { INSTALLATION, type AppDeps, type Tx } from '../transaction.ts';

export type ProgramCreateInput = {
  name: string;
  timeZone: string;
  currency: string;
  mode: 'LIVE' | 'TEST';
  /** What is left out is DEFAULT_POLICIES. */
  policies?: Partial<ProgramPolicies>;
};

/** The secret is answered by the first call alone: it is not stored, so a replay answers null. */
export type ProgramCreated = { programId: string; ownerKeyId: string; ownerSecret: string | null };

/** The currency that every program begins with. */
const FIRST_CURRENCY: Omit<PointCurrency, 'id'> = {
  code: 'points',
  name: 'Points',
  kind: 'SPENDABLE',
  isDefault: true,
  balanceCap: null,
  expiry: null,
  expiryNoticeDays: [],
};

/**
 * Makes a program with the spendable currency `points`, an empty draft of rules and one OWNER key. Runs in the scope of the
 * installation, so its idempotency key is the operator's own. Throws InvalidInputError.
 */
export async function createProgram(
  deps: AppDeps,
  actor: string,
  command: Command,
  input: ProgramCreateInput,
): Promise<ProgramCreated & { replayed: boolean }> {
  const policies = { ...DEFAULT_POLICIES, ...input.policies };
  const details = { name: parseName(input.name), timeZone: input.timeZone, currency: input.currency, mode: input.mode };
  assertTimeZone(input.timeZone);
  assertMoneyCurrency(input.currency);
  assertPolicies(policies);
  const owner = newSecret('SECRET');
  const created = await mutate(deps, { programId: INSTALLATION, actor }, command, async (tx) => {
    const programId = deps.newId();
    await insertProgram(tx, { id: programId, ...details, ...policies });
    await insertPointCurrency(tx, programId, { id: deps.newId(), ...FIRST_CURRENCY });
    await insertRuleSetDraft(tx, programId, actor);
    const ownerKeyId = await insertOwnerKey(deps, tx, programId, owner);
    tx.audit({
      action: 'program.created',
      subject: publicId('Program', programId),
      after: { ...details, ...policies, ownerKey: publicId('ApiKey', ownerKeyId) },
      programId,
    });
    return { programId, ownerKeyId };
  });
  return { ...created, ownerSecret: created.replayed ? null : owner.secret };
}

async function insertOwnerKey(deps: AppDeps, tx: Tx, programId: string, { hash, prefix }: NewSecret): Promise<string> {
  const id = deps.newId();
  await insertApiKey(
    tx,
    {
      programId,
      id,
      kind: 'SECRET',
      role: 'OWNER',
      name: 'First owner key',
      prefix,
      scopes: null,
      adjustmentMax: null,
      allowedOrigins: [],
      createdAt: deps.clock(),
      createdBy: tx.actor,
      expiresAt: null,
    },
    hash,
  );
  return id;
}
