import type { JSONWebKeySet } from 'jose';

import type { Statements } from './postgres.ts';

/** An identity provider as it stands in the record: its keys, or where they are. */
export type IdentityProviderRecord = {
  programId: string;
  id: string;
  issuer: string;
  audience: string;
  roleClaim: string;
  /** Most points that one manual adjustment by its people may move; null sets no limit. */
  adjustmentMax: number | null;
  createdAt: Date;
  removedAt: Date | null;
} & ({ jwks: JSONWebKeySet; jwksUri: null } | { jwks: null; jwksUri: string });

const COLUMNS = `
  program_id as "programId", id, issuer, audience, jwks, jwks_uri as "jwksUri", role_claim as "roleClaim", adjustment_max as "adjustmentMax",
  created_at as "createdAt", removed_at as "removedAt"`;

/** The providers, of all programs, that could have issued a token; more than one leaves open whose it is. */
export async function findProvidersFor(
  statements: Statements,
  issuer: string,
  audiences: readonly string[],
): Promise<IdentityProviderRecord[]> {
  return statements.query<IdentityProviderRecord>(
    `/* find-providers-for */ select ${COLUMNS} from identity_provider
     where issuer = $1 and audience = any($2) and removed_at is null limit 2`,
    [issuer, audiences],
  );
}

/** The program's providers that were not removed, oldest first. */
export async function listProviders(statements: Statements, programId: string): Promise<IdentityProviderRecord[]> {
  return statements.query<IdentityProviderRecord>(
    `/* list-providers */ select ${COLUMNS} from identity_provider where program_id = $1 and removed_at is null order by id`,
    [programId],
  );
}

/** Providers by their ids, within one program. */
export async function findProviders(
  statements: Statements,
  programId: string,
  ids: readonly string[],
): Promise<IdentityProviderRecord[]> {
  return statements.query<IdentityProviderRecord>(
    `/* find-providers */ select ${COLUMNS} from identity_provider where program_id = $1 and id = any($2)`,
    [programId, ids],
  );
}

/** Answers false when another provider, of this program or of another, has the same issuer and audience. */
export async function insertProvider(
  statements: Statements,
  provider: Omit<IdentityProviderRecord, 'removedAt' | 'jwks' | 'jwksUri'> & {
    jwks: object | null;
    jwksUri: string | null;
  },
): Promise<boolean> {
  const rows = await statements.query(
    `/* insert-provider */ insert into identity_provider
       (program_id, id, issuer, audience, jwks, jwks_uri, role_claim, adjustment_max, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (issuer, audience) where removed_at is null do nothing returning 1`,
    [
      provider.programId,
      provider.id,
      provider.issuer,
      provider.audience,
      provider.jwks === null ? null : JSON.stringify(provider.jwks),
      provider.jwksUri,
      provider.roleClaim,
      provider.adjustmentMax,
      provider.createdAt,
    ],
  );
  return rows.length > 0;
}

/** Answers false when there is none of that id, or it was removed before. */
export async function removeProvider(
  statements: Statements,
  programId: string,
  id: string,
  at: Date,
): Promise<boolean> {
  const rows = await statements.query(
    `/* remove-provider */ update identity_provider set removed_at = $3
     where program_id = $1 and id = $2 and removed_at is null returning 1`,
    [programId, id, at],
  );
  return rows.length > 0;
}
